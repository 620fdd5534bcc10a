import assert from "node:assert/strict";
import { join } from "node:path";
import { projectStore } from "../../app/project_store.ts";

Deno.test("the nearest store at or above a folder is the project's, else one in the folder", async () => {
  const root = await Deno.makeTempDir();
  const [project, below] = [join(root, "project"), join(root, "project", "photos", "cats")];
  await Deno.mkdir(below, { recursive: true });
  assert.equal(projectStore(below, root), join(below, ".graft"));
  await Deno.writeTextFile(join(below, ".graft"), "a file is none");
  await Deno.mkdir(join(project, ".graft"));
  for (const folder of [project, join(project, "photos"), below]) {
    assert.equal(projectStore(folder, root), join(project, ".graft"));
  }
  await Deno.mkdir(join(root, ".graft"));
  assert.equal(projectStore(below, "/elsewhere"), join(project, ".graft"), "the nearest");
  // What lies in a home is of no project, unless one stands there.
  const other = join(root, "other");
  assert.equal(projectStore(other, root), join(other, ".graft"));
  assert.equal(projectStore(other), join(root, ".graft"));
  assert.equal(projectStore(root, root), join(root, ".graft"));
  await Deno.remove(root, { recursive: true });
});
