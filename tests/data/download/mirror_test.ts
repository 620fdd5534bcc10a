import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { WrongContentError } from "../../../data/download/errors.ts";
import { findInMirror, listMirror } from "../../../data/download/mirror.ts";
import { tempFolder } from "./temp_folder.ts";

const digest = createHash("sha256").update("ants").digest("hex");

Deno.test("a mirror file is found by name and checked by hash", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.zip");
  Deno.writeTextFileSync(path, "ants");
  for (const pin of [undefined, digest, digest.slice(0, 8)]) {
    assert.deepEqual(await findInMirror(folder.path, "a.zip", pin), { path, sha256: digest });
  }
  assert.equal(await findInMirror(folder.path, "b.zip", digest), undefined);
  assert.deepEqual(await listMirror(folder.path), ["a.zip"]);
});

Deno.test("a mirror file with another hash is an error that names it, not a reason to go on", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.zip");
  Deno.writeTextFileSync(path, "bees");
  await assert.rejects(findInMirror(folder.path, "a.zip", digest), (error: Error) => {
    assert.ok(error instanceof WrongContentError);
    assert.ok(error.message.includes(path) && error.message.includes(digest), error.message);
    return true;
  });
});

Deno.test("a mirror folder that is not there is an error that names the variable", async () => {
  using folder = tempFolder();
  const missing = join(folder.path, "nowhere");
  await assert.rejects(findInMirror(missing, "a.zip"), /nowhere is not a folder.*GRAFT_MIRROR/);
});
