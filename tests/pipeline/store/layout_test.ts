import assert from "node:assert/strict";
import { Layout } from "../../../pipeline/store/layout.ts";
import { Folder } from "../rig.ts";

Deno.test("a store says that it is one, and a new one that Git passes it over", () => {
  using folder = new Folder();
  const layout = new Layout(`${folder.path}/store`);
  layout.create();
  assert.equal(folder.read("store/store.json"), Layout.MARK_TEXT);
  assert.equal(folder.read("store/.gitignore"), "*\n");
  JSON.parse(Layout.MARK_TEXT);
  // What its user changed stays.
  folder.write("store/.gitignore", "tmp\n");
  layout.create();
  assert.equal(folder.read("store/.gitignore"), "tmp\n");
});

Deno.test("a folder that had something before it became a store is not passed over by Git", () => {
  using folder = new Folder();
  folder.write("mine/notes.txt", "notes");
  new Layout(`${folder.path}/mine`).create();
  assert.throws(() => folder.read("mine/.gitignore"), Deno.errors.NotFound);
  assert.equal(folder.read("mine/store.json"), Layout.MARK_TEXT);
});
