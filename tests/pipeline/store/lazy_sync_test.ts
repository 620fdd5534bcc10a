import assert from "node:assert/strict";
import { LazySync } from "../../../pipeline/store/lazy_sync.ts";
import { Folder } from "../rig.ts";

Deno.test("files and folders are held, and what others removed since is passed over", async () => {
  using folder = new Folder();
  const sync = new LazySync();
  const onFailure = () => assert.fail("nothing was refused");
  for (let i = 0; i < 200; i++) {
    sync.add({ paths: [folder.write(`${i}.txt`, `${i}`), folder.path, `${i}.gone`], onFailure });
  }
  await sync.finish();
  await sync.finish();
});

const hasDevice = Deno.build.os === "linux";
if (!hasDevice) console.log("lazy_sync: without /dev/null, no disk refuses to hold a file");

Deno.test("what the disk refuses is told to who added it, and once to who waits", {
  ignore: !hasDevice,
}, async () => {
  using folder = new Folder();
  const sync = new LazySync();
  const told: string[] = [];
  const add = (name: string, paths: string[]) =>
    sync.add({ paths, onFailure: () => told.push(name) });
  add("good", [folder.write("a.txt", "a")]);
  add("bad", [folder.write("b.txt", "b"), "/dev/null"]); // a device holds nothing
  add("good", [folder.write("c.txt", "c")]);
  await assert.rejects(sync.finish());
  assert.deepEqual(told, ["bad"]);
  await sync.finish();
});
