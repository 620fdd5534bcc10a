/** The package for JSR is one that `deno publish` takes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import project from "../../../deno.json" with { type: "json" };
import { buildJsrPackage } from "../../../app/packages/build.ts";

Deno.test("deno publish takes the package for JSR, without slow types, and it says its licence", async () => {
  const out = await Deno.makeTempDir();
  try {
    const folder = await buildJsrPackage(out);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      // Types are checked with the rest of the project's.
      args: ["publish", "--dry-run", "--allow-dirty", "--no-check"],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.ok(success, said);
    assert.match(said, new RegExp(`Simulating publish of @graft/graft@${project.version} `));
    assert.doesNotMatch(said, /slow-type|[Uu]nable to analyze/);
    for (const file of ["mod.ts", "LICENSE", "backend/wasm/kernels.wasm", "docs/licences.md"]) {
      assert.ok(said.includes(`/${file} (`), `${file} is not in it: ${said}`);
    }
    const { name, license, exports } = JSON.parse(
      await Deno.readTextFile(join(folder, "deno.json")),
    );
    assert.match(name, /^@[a-z-]+\/[a-z-]+$/);
    assert.equal(license, "Apache-2.0");
    assert.deepEqual(exports, project.exports);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});
