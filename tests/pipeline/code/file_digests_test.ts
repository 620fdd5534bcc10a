import assert from "node:assert/strict";
import { sha256 } from "../../../pipeline/digest.ts";
import { FileDigests } from "../../../pipeline/code/file_digests.ts";
import { Folder } from "../rig.ts";

/** Makes a file look as if it had been left alone for long. */
const age = (path: string, seconds = 1_000_000_000) => Deno.utimeSync(path, seconds, seconds);

Deno.test("a file's digest follows its content", async () => {
  using folder = new Folder();
  const digests = new FileDigests();
  for (const text of ["one", "two", "one"]) {
    const path = folder.write("a.txt", text);
    assert.equal(await digests.of(path), sha256(text));
    assert.equal(digests.ofCode(path), sha256(text));
  }
  assert.equal(digests.ofCode(`${folder.path}/none.txt`), null);
  assert.equal(digests.ofCode(folder.path), null);
  await assert.rejects(digests.of(`${folder.path}/none.txt`), Deno.errors.NotFound);
});

Deno.test("a file that was just written is not trusted to stay", async () => {
  using folder = new Folder();
  const cache = `${folder.path}/cache.json`;
  const path = folder.write("a.txt", "one");
  const digests = new FileDigests(cache);
  await digests.of(path);
  digests.save();
  assert.throws(() => Deno.statSync(cache), Deno.errors.NotFound);
});

Deno.test("a folder's digest sees every name and content in it, and what its links lead to", async () => {
  using folder = new Folder();
  folder.write("photos/ants/1.jpg", "1");
  folder.write("photos/bees/2.jpg", "2");
  folder.write("elsewhere/3.jpg", "3");
  const photos = `${folder.path}/photos`;
  const seen = [await new FileDigests().of(photos)];
  const changes = [
    () => folder.write("photos/bees/2.jpg", "two"),
    () => Deno.renameSync(`${photos}/bees/2.jpg`, `${photos}/ants/2.jpg`),
    () => Deno.symlinkSync(`${folder.path}/elsewhere`, `${photos}/more`),
    () => folder.write("elsewhere/3.jpg", "three"),
    () => Deno.symlinkSync("nowhere", `${photos}/dangling`),
    () => Deno.symlinkSync(".", `${photos}/itself`),
    () => Deno.removeSync(`${photos}/bees`),
  ];
  for (const change of changes) {
    change();
    seen.push(await new FileDigests().of(photos));
  }
  assert.equal(new Set(seen).size, changes.length + 1);
  assert.equal(await new FileDigests().of(photos), seen.at(-1));
});

Deno.test("digests are remembered between runs for files that stay untouched", async () => {
  using folder = new Folder();
  const cache = `${folder.path}/cache.json`;
  const path = folder.write("a.txt", "one");
  age(path);
  const info = Deno.statSync(path);
  const stamp = `${info.size} ${Number(info.mtime)} ${Number(info.ctime)} ${info.ino}`;
  Deno.writeTextFileSync(cache, JSON.stringify({ [path]: { stamp, sha256: "remembered" } }));
  assert.equal(await new FileDigests(cache).of(path), "remembered");
  folder.write("a.txt", "two");
  assert.equal(await new FileDigests(cache).of(path), sha256("two"), "touched: read again");
});

Deno.test("a cache that is no JSON is no harm", async () => {
  using folder = new Folder();
  const cache = folder.write("cache.json", `{"a":`);
  assert.equal(await new FileDigests(cache).of(folder.write("a.txt", "one")), sha256("one"));
});
