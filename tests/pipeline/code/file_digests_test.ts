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
  folder.write("photos/elsewhere/3.jpg", "3");
  const photos = `${folder.path}/photos`;
  const seen = [await new FileDigests().of(photos)];
  const changes = [
    () => folder.write("photos/bees/2.jpg", "two"),
    () => Deno.renameSync(`${photos}/bees/2.jpg`, `${photos}/ants/2.jpg`),
    () => Deno.symlinkSync("elsewhere", `${photos}/more`),
    () => folder.write("photos/elsewhere/3.jpg", "three"),
    () => Deno.symlinkSync("nowhere", `${photos}/dangling`),
    () => Deno.symlinkSync(".", `${photos}/itself`),
    () => Deno.symlinkSync("loop", `${photos}/loop`),
    () => Deno.symlinkSync("/dev/zero", `${photos}/zero`),
    () => Deno.symlinkSync("/dev/full", `${photos}/another zero`),
    () => Deno.removeSync(`${photos}/bees`),
  ];
  for (const change of changes) {
    change();
    seen.push(await new FileDigests().of(photos));
  }
  assert.equal(new Set(seen).size, changes.length + 1);
  assert.equal(await new FileDigests().of(photos), seen.at(-1));
});

const unix = { ignore: Deno.build.os === "windows" };

Deno.test(
  "what lies outside of a folder and is linked to does not count, but the link does",
  unix,
  async () => {
    using folder = new Folder();
    folder.write("photos/1.jpg", "1");
    const outside = folder.write("outside/2.jpg", "2");
    const photos = `${folder.path}/photos`;
    Deno.symlinkSync(outside, `${photos}/2.jpg`);
    Deno.symlinkSync("/", `${photos}/everything`);
    const before = await new FileDigests().of(photos);
    folder.write("outside/2.jpg", "two");
    assert.equal(await new FileDigests().of(photos), before);
    Deno.removeSync(`${photos}/2.jpg`);
    assert.notEqual(await new FileDigests().of(photos), before);
  },
);

Deno.test(
  "a pipe is not opened: in a folder it counts as one, alone it is refused",
  unix,
  async () => {
    using folder = new Folder();
    const photo = folder.write("photos/1.jpg", "1");
    const photos = `${folder.path}/photos`;
    const digests = new FileDigests();
    const without = await digests.of(photos);
    await new Deno.Command("mkfifo", { args: [`${photos}/pipe.jpg`] }).output();
    const piped = await digests.of(photos);
    assert.notEqual(piped, without);
    Deno.removeSync(`${photos}/pipe.jpg`);
    Deno.linkSync(photo, `${photos}/pipe.jpg`);
    assert.notEqual(await digests.of(photos), piped);
    for (
      const [path, what] of [["/dev/zero", "a device"], [`${folder.path}/pipe`, "a named pipe"]]
    ) {
      if (what === "a named pipe") await new Deno.Command("mkfifo", { args: [path] }).output();
      await assert.rejects(digests.of(path), {
        name: "PipelineError",
        message: `it reads ${path}, which is ${what}: name a file or a folder`,
      });
    }
  },
);

Deno.test("a file or folder that may not be read is named with the remedy", {
  ignore: Deno.build.os === "windows" || Deno.uid() === 0, // root may read everything
}, async () => {
  using folder = new Folder();
  const photo = folder.write("photos/ants/1.jpg", "1");
  for (const path of [photo, `${folder.path}/photos/ants`]) {
    Deno.chmodSync(path, 0);
    await assert.rejects(new FileDigests().of(`${folder.path}/photos`), {
      name: "PipelineError",
      message: new RegExp(`^it reads ${path}, which may not be read: .*permission`),
    });
    Deno.chmodSync(path, 0o700);
  }
});

Deno.test("while a large folder is read, others have their turn", async () => {
  using folder = new Folder();
  for (let i = 0; i < 2000; i++) folder.write(`photos/${i}.jpg`, `${i}`);
  const digests = new FileDigests();
  let turns = 0;
  const timer = setInterval(() => turns++);
  const end = performance.now() + 200;
  while (performance.now() < end) {
    await digests.of(`${folder.path}/photos`);
  }
  clearInterval(timer);
  assert.ok(turns > 0);
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

Deno.test("of a folder, what is said not to count does not, and only right in it", async () => {
  using folder = new Folder();
  folder.write("photos/ants/1.jpg", "1");
  const photos = `${folder.path}/photos`;
  const digest = () => new FileDigests().of(photos, ["notes.json", "notes"]);
  const before = await digest();
  folder.write("photos/notes.json", "1");
  folder.write("photos/notes/2.jpg", "2");
  assert.equal(await digest(), before);
  folder.write("photos/ants/notes.json", "1");
  assert.notEqual(await digest(), before);
});
