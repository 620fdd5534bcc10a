import assert from "node:assert/strict";
import { isLitter, litterIn } from "../../data/litter.ts";

Deno.test("what systems leave behind is told from photos and classes", () => {
  const litter = [".DS_Store", "._x.jpg", "__MACOSX", "Thumbs.db", "THUMBS.DB", "desktop.ini"];
  litter.push(".ipynb_checkpoints", "@eaDir", "#recycle", "$RECYCLE.BIN", "pkg-1.0.dist-info");
  for (const name of litter) assert.ok(isLitter(name), name);
  const meant = ["x.jpg", "_x.jpg", "MACOSX", "thumbs.jpg", "@home", "recycle", "dist-info", "a.b"];
  for (const name of meant) assert.ok(!isLitter(name), name);
});

Deno.test("of a path, the first part that is litter counts", () => {
  assert.equal(litterIn("photos/__MACOSX/ants/._1.jpg"), "photos/__MACOSX");
  assert.equal(litterIn(".git/"), ".git");
  assert.equal(litterIn("photos/ants/1.jpg"), undefined);
});
