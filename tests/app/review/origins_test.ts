import assert from "node:assert/strict";
import { originsOf } from "../../../app/review/origins.ts";
import { withTempFolder, writeFiles } from "../../data/photo_folder.ts";

const FEW = ["1.jpg", "2.jpg", "3.jpg"];
const files = (...folders: string[]) =>
  Object.fromEntries(folders.flatMap((folder) => FEW.map((name) => [`${folder}/${name}`, "x"])));

async function origins(paths: Record<string, string>, asked: string[]) {
  let found: (string | undefined)[] = [];
  await withTempFolder(async (folder) => {
    await writeFiles(folder, paths);
    found = asked.map(await originsOf(folder, 0));
  });
  return found;
}

Deno.test("a photo's file is found by its part and class where the folders say them", async () => {
  const all = files("in/train/ants", "in/train/bees", "in/valid/ants", "in/valid/bees");
  assert.deepEqual(await origins(all, ["train/ants/1.jpg", "val/ants/1.jpg", "val/x/1.jpg"]), [
    "in/train/ants/1.jpg",
    "in/valid/ants/1.jpg",
    undefined,
  ]);
});

Deno.test("where the pipeline divides, it is found on whichever side it came to lie", async () => {
  const all = { ...files("ants", "bees"), "ants/nest/4.jpg": "x" };
  assert.deepEqual(
    await origins(all, ["train/ants/1.jpg", "val/ants/1.jpg", "val/ants/nest/4.jpg"]),
    [
      "ants/1.jpg",
      "ants/1.jpg",
      "ants/nest/4.jpg",
    ],
  );
});

Deno.test("a test of the folders' own stays apart from what is divided; a list's classes count", async () => {
  const apart = files("train/ants", "train/bees", "test/ants", "test/bees");
  assert.deepEqual(await origins(apart, ["val/ants/1.jpg", "test/ants/1.jpg"]), [
    "train/ants/1.jpg",
    "test/ants/1.jpg",
  ]);
  const names = ["a", "b", "c", "d"].map((name) => `${name}.jpg`);
  const lines = names.map((name, i) => `${name},${i % 2 ? "ants" : "bees"}`);
  const listed = {
    ...Object.fromEntries(names.map((name) => [`images/${name}`, "x"])),
    "images/labels.csv": ["file,label", ...lines].join("\n"),
  };
  assert.deepEqual(await origins(listed, ["train/bees/a.jpg", "val/ants/b.jpg"]), [
    "images/a.jpg",
    "images/b.jpg",
  ]);
});
