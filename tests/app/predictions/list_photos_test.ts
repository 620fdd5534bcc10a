import assert from "node:assert/strict";
import { UsageError } from "../../../app/cli/errors.ts";
import { listPhotos } from "../../../app/predictions/list_photos.ts";
import { withTempFolder, writeFiles } from "../../data/photo_folder.ts";

const FILES = {
  "one.jpg": "",
  "two.PNG": "",
  "notes.txt": "",
  "more/three.webp": "",
  "more/deep/four.jpeg": "",
  "more/readme.md": "",
  "odd[1].jpg": "",
};

async function listed(operands: string[], stdin = "") {
  let result: { paths: string[]; count?: number } | undefined;
  await withTempFolder(async (folder) => {
    await writeFiles(folder, FILES);
    const list = await listPhotos(operands, folder, () => new Blob([stdin]).stream());
    result = { ...list, paths: await Array.fromAsync(list.paths) };
  });
  return result!;
}

Deno.test("files stay as they are given, folders give the photos in them, sorted", async () => {
  assert.deepEqual(await listed(["two.PNG", "more", "nowhere.jpg", "notes.txt"]), {
    paths: ["two.PNG", "more/deep/four.jpeg", "more/three.webp", "nowhere.jpg", "notes.txt"],
    count: 5,
  });
});

Deno.test("patterns give the photos that fit, and a file that looks like one is itself", async () => {
  assert.deepEqual((await listed(["**/*.jp*g"])).paths, [
    "more/deep/four.jpeg",
    "odd[1].jpg",
    "one.jpg",
  ]);
  assert.deepEqual((await listed(["odd[1].jpg"])).paths, ["odd[1].jpg"]);
  await assert.rejects(
    listed(["*.tiff"]),
    (error) => error instanceof UsageError && /no photo fits \*\.tiff/.test(error.message),
  );
});

Deno.test("a dash stands for the lines of standard input, ended in any way, and is counted by nobody", async () => {
  for (const stdin of ["a b.jpg\nc.jpg\n", "a b.jpg\r\n\r\nc.jpg", "a b.jpg\0c.jpg\0"]) {
    assert.deepEqual(await listed(["one.jpg", "-"], stdin), {
      paths: ["one.jpg", "a b.jpg", "c.jpg"],
    });
  }
  await assert.rejects(listed(["-", "-"]), /- is given twice/);
});

Deno.test("links to photos and to folders are followed, one to a folder above once", async () => {
  await withTempFolder(async (folder) => {
    await writeFiles(folder, { "mine/one.jpg": "", "theirs/two.jpg": "", "theirs/deep/3.jpg": "" });
    await Deno.symlink("../theirs/two.jpg", `${folder}/mine/linked.jpg`);
    await Deno.symlink("../theirs", `${folder}/mine/more`);
    await Deno.symlink("..", `${folder}/theirs/deep/above`);
    const { paths } = await listPhotos(["mine"], folder);
    assert.deepEqual(await Array.fromAsync(paths), [
      "mine/linked.jpg",
      "mine/more/deep/3.jpg",
      "mine/more/two.jpg",
      "mine/one.jpg",
    ]);
  });
});

Deno.test("a folder without photos is refused", async () => {
  await withTempFolder(async (folder) => {
    await assert.rejects(listPhotos(["."], folder), /\. is a folder without photos/);
  });
});
