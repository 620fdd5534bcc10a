/** Which version runs, as a user asks, and that all places that name it agree. */
import assert from "node:assert/strict";
import { graft } from "../../tasks/graft.ts";

const ROOT = new URL("../../../", import.meta.url);
const { version, license } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));

Deno.test("the program and its commands say the version of deno.json, and look at no photo", async () => {
  const cwd = await Deno.makeTempDir();
  for (const args of [["--version"], ["predict", "--version"], ["train_frozen", "--version"]]) {
    // `deno task STEP` runs the pipeline's command with the step's name.
    const typed = args[0] === "train_frozen" ? ["run", ...args] : args;
    const { code, stdout, stderr } = await graft(typed, { cwd });
    assert.deepEqual({ code, stdout, stderr }, {
      code: 0,
      stdout: `graft ${version}\n`,
      stderr: "",
    });
  }
  const { json } = await graft(["predict", "--version", "--json"], { cwd });
  assert.deepEqual(json, [{ name: "graft", version }]);
  assert.deepEqual([...Deno.readDirSync(cwd)], [], "nothing is written");
  await Deno.remove(cwd);
});

Deno.test("the newest entry of CHANGELOG.md is this version, and LICENSE the licence that is named", async () => {
  const changes = await Deno.readTextFile(new URL("CHANGELOG.md", ROOT));
  assert.equal(changes.match(/^## (\d+\.\d+\.\d+)/m)?.[1], version);
  assert.equal(license, "Apache-2.0");
  const text = await Deno.readTextFile(new URL("LICENSE", ROOT));
  assert.match(text, /Apache License\s+Version 2\.0, January 2004/);
  assert.match(text, /END OF TERMS AND CONDITIONS/);
  assert.match(text, /Copyright \d{4} The graft authors/);
});
