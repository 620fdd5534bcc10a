import assert from "node:assert/strict";
import { copyProject, graft } from "../../tasks/graft.ts";

Deno.test("commands that compute nothing neither check V8's flags nor write to a fresh project", async () => {
  const project = await Deno.makeTempDir();
  await copyProject(project);
  for (const args of [["--help"], ["run", "--help"], ["runs"], ["gc"], ["inspect", "nowhere"]]) {
    await graft(args, { cwd: project, project });
    const names = Array.from(Deno.readDirSync(project), ({ name }) => name);
    assert.ok(!names.includes(".graft"), args.join(" "));
  }
  await Deno.remove(project, { recursive: true });
});
