/** graft as an installed command, in a folder that knows nothing of its clone. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { writePhotoFolder } from "../tasks/generated_photos.ts";

const PROGRAM = fileURLToPath(new URL("../../app/command.ts", import.meta.url));

async function output(program: string, args: string[], cwd: string, env = {}) {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const [said, told] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, said, told };
}

Deno.test("graft is installed, and works in any folder on a store of that folder's", async (test) => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const project = `${root}/a project`;
  await writePhotoFolder(`${project}/photos`, { train: 2, val: 1 });
  // A deno.json of the user's own is none of graft's.
  await Deno.writeTextFile(`${project}/deno.json`, `{ "imports": { "valibot": "./nothing.ts" } }`);
  const install = ["install", "-gA", "-n", "graft", "--root", root, PROGRAM];
  const installed = await output(Deno.execPath(), install, root);
  assert.equal(installed.code, 0, installed.told);
  // Windows has a batch file for it.
  const command = `${root}/bin/graft${Deno.build.os === "windows" ? ".cmd" : ""}`;
  const graft = (args: string[], cwd = project, env = {}) => output(command, args, cwd, env);

  await test.step("its help calls it by its name", async () => {
    const { code, said } = await graft(["--help"]);
    assert.equal(code, 0);
    assert.match(said, /^Usage: graft COMMAND \[flags\]$/m);
    assert.doesNotMatch(said, /deno task/);
  });

  await test.step("a wrong call ends as one, and says how to ask graft for help", async () => {
    const { code, told } = await graft(["plan", "--no-such-flag"]);
    assert.equal(code, 2);
    assert.match(told, /^See `graft plan --help`\.$/m);
  });

  await test.step("a step is run by its name, and keeps its result in the project", async () => {
    const { code, told } = await graft(["download_data", "--data", "photos"], project, {
      INIT_CWD: root,
    });
    assert.equal(code, 0, told);
    assert.ok((await Deno.stat(`${project}/.graft/entries/download_data`)).isDirectory);
    assert.equal(await Deno.readTextFile(`${project}/.graft/.gitignore`), "*\n");
  });

  await test.step("the project's store is found from a folder in it, and no other is made", async () => {
    const { code, said } = await graft(
      ["plan", "download_data", "--data", "../../photos", "--json"],
      `${project}/photos/train`,
    );
    assert.equal(code, 0);
    assert.equal(JSON.parse(said.split("\n")[0]).status, "cached");
    const names = Array.from(Deno.readDirSync(`${project}/photos/train`), ({ name }) => name);
    assert.ok(!names.includes(".graft"));
  });

  await test.step("what it says to do next is a call of its own", async () => {
    const { code, told } = await graft(["predict", "photos/val"]);
    assert.equal(code, 1);
    assert.match(told, /`graft pipeline/);
    assert.doesNotMatch(told, /deno task/);
  });
  await Deno.remove(root, { recursive: true });
});

Deno.test({
  name: "who ends the command ends the program",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", PROGRAM, "home", "--port=0", "--json"],
      cwd: folder,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGTERM");
    // The pipe closes when both are gone.
    while (!(await reader.read()).done);
    await child.status;
    await Deno.remove(folder, { recursive: true });
  },
});
