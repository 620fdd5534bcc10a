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
  let result: { paths: string[]; count?: number; notes: string[] } | undefined;
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
    notes: ["more: passed over 1 file that is no photo (.md)"],
    leftOut: [],
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
      notes: [],
      leftOut: [],
    });
  }
  await assert.rejects(listed(["-", "-"]), /- is given twice/);
});

Deno.test("a list in UTF-16 with its mark is read, in pieces of any size, as is UTF-8 with one", async () => {
  const text = "\u{feff}one.jpg\r\ncafé/\u{1F41C}.jpg\r\n";
  const units = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  const little = new Uint8Array(2 * text.length);
  units.forEach((unit, i) => little.set([unit & 255, unit >> 8], 2 * i));
  const big = little.map((_, i) => little[i ^ 1]);
  for (const bytes of [little, big, new TextEncoder().encode(text)]) {
    for (const size of [1, 3, 1000]) {
      const stream = new ReadableStream({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) {
            controller.enqueue(bytes.slice(at, at + size));
          }
          controller.close();
        },
      });
      const { paths } = await listPhotos(["-"], "/", () => stream);
      assert.deepEqual(await Array.fromAsync(paths), ["one.jpg", "café/\u{1F41C}.jpg"]);
    }
  }
  const { paths } = await listPhotos(["-"], "/", () => new Blob(["x"]).stream());
  assert.deepEqual(await Array.fromAsync(paths), ["x"]);
});

Deno.test("hidden files and the like are passed over and counted, photos of other kinds named", async () => {
  await withTempFolder(async (folder) => {
    const litter = [
      "._1.jpg",
      "__MACOSX/._1.jpg",
      ".ipynb_checkpoints/1.jpg",
      "@eaDir/1.jpg/t.jpg",
    ];
    const files = ["1.jpg", "2.CR2", "3.jfif", ...litter];
    await writeFiles(folder, Object.fromEntries(files.map((path) => [`photos/${path}`, ""])));
    const { paths, count, notes, leftOut } = await listPhotos(["photos"], folder);
    assert.deepEqual(leftOut, ["passed over for the name", "passed over for the name"]);
    assert.deepEqual([await Array.fromAsync(paths), count], [["photos/1.jpg"], 1]);
    assert.equal(notes.length, 2);
    assert.match(notes[0], /^photos: passed over 4 hidden files and the like/);
    assert.match(
      notes[1],
      /^photos: passed over 2 photos \(2\.CR2, 3\.jfif\): save/,
    );
    const fitting = await listPhotos(["photos/**/*.jpg", "photos/@eaDir/*/*.jpg"], folder);
    assert.deepEqual(await Array.fromAsync(fitting.paths), [
      "photos/1.jpg",
      "photos/@eaDir/1.jpg/t.jpg",
    ]);
  });
});

Deno.test("a pipe in a folder is named and left out", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await withTempFolder(async (folder) => {
    await writeFiles(folder, { "photos/1.jpg": "" });
    await new Deno.Command("mkfifo", { args: [`${folder}/photos/pipe.jpg`] }).output();
    const { paths, notes } = await listPhotos(["photos"], folder);
    assert.deepEqual(await Array.fromAsync(paths), ["photos/1.jpg"]);
    assert.deepEqual(notes, ["photos: left out pipe.jpg: it is a named pipe, not a file"]);
  });
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
