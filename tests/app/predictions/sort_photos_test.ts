import assert from "node:assert/strict";
import {
  PhotoSorter,
  SORT_WAYS,
  sortedFolder,
  undoSort,
} from "../../../app/predictions/sort_photos.ts";
import { windowsObjection } from "../../../data/windows_name.ts";
import { withTempFolder, writeFiles } from "../../data/photo_folder.ts";
import { readTree } from "../../data/sources/photo_tree.ts";

const PHOTOS = { "photos/1.jpg": "one", "photos/more/1.jpg": "another", "photos/2.jpg": "two" };

/** Sorts all three photos as ants. */
async function sortAll(folder: string, way: typeof SORT_WAYS[number]): Promise<string[]> {
  const sorter = new PhotoSorter(`${folder}/sorted`, way);
  await Deno.mkdir(`${folder}/sorted`, { recursive: true });
  const places: string[] = [];
  for (const path of Object.keys(PHOTOS)) {
    places.push(await sorter.put(`${folder}/${path}`, "ants"));
  }
  return places;
}

for (const way of SORT_WAYS) {
  Deno.test(`photos are sorted by ${way}, nothing is overwritten, and all of it is undone`, () =>
    withTempFolder(async (folder) => {
      await writeFiles(folder, { ...PHOTOS, "sorted/ants/2.jpg": "not ours" });
      const before = readTree(folder);
      assert.deepEqual(await sortAll(folder, way), [
        "ants/1.jpg",
        "ants/1 (2).jpg",
        "ants/2 (2).jpg",
      ]);
      const read = (path: string) => Deno.readTextFile(`${folder}/sorted/${path}`);
      assert.deepEqual(await read("ants/1.jpg"), "one");
      assert.deepEqual(await read("ants/1 (2).jpg"), "another");
      assert.deepEqual(await read("ants/2 (2).jpg"), "two");
      assert.deepEqual(await read("ants/2.jpg"), "not ours");
      const left = Object.keys(readTree(folder, "photos"));
      assert.equal(left.length, way === "move" ? 0 : 3);
      const { isSymlink } = await Deno.lstat(`${folder}/sorted/ants/1.jpg`);
      assert.equal(isSymlink, way === "link");

      assert.deepEqual(await undoSort(`${folder}/sorted`), { undone: 3, kept: [] });
      assert.deepEqual(readTree(folder), before);
      await assert.rejects(undoSort(`${folder}/sorted`), /nothing was sorted into .*sorted/);
    }));
}

Deno.test("what was changed, taken away or replaced since stays, is named, and can be undone later", () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, PHOTOS);
    await sortAll(folder, "move");
    await Deno.writeTextFile(`${folder}/sorted/ants/1.jpg`, "edited since");
    await Deno.remove(`${folder}/sorted/ants/1 (2).jpg`);
    await writeFiles(folder, { "photos/2.jpg": "in its place" });
    const { undone, kept } = await undoSort(`${folder}/sorted`);
    assert.equal(undone, 0);
    assert.deepEqual(kept.map(({ path }) => path).sort(), ["ants/1.jpg", "ants/2.jpg"]);
    assert.match(kept.map(({ reason }) => reason).join(), /there is another .*2\.jpg/);
    assert.match(kept.map(({ reason }) => reason).join(), /was changed since/);
    await Deno.remove(`${folder}/photos/2.jpg`);
    assert.deepEqual((await undoSort(`${folder}/sorted`)).undone, 1);
    assert.equal(await Deno.readTextFile(`${folder}/photos/2.jpg`), "two");
    assert.equal(await Deno.readTextFile(`${folder}/sorted/ants/1.jpg`), "edited since");
  }));

Deno.test("sorted twice, both times are undone; a damaged list is named and nothing is touched", () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, PHOTOS);
    await sortAll(folder, "copy");
    assert.deepEqual(await sortAll(folder, "copy"), [
      "ants/1 (3).jpg",
      "ants/1 (4).jpg",
      "ants/2 (2).jpg",
    ]);
    const list = `${folder}/sorted/graft-sorted.ndjson`;
    const text = await Deno.readTextFile(list);
    await Deno.writeTextFile(list, text + "{half");
    await assert.rejects(undoSort(`${folder}/sorted`), /damaged in line 7/);
    await Deno.writeTextFile(list, text);
    assert.equal((await undoSort(`${folder}/sorted`)).undone, 6);
    assert.deepEqual(Object.keys(readTree(folder)), Object.keys(PHOTOS).sort());
  }));

Deno.test("a link is not moved, and what cannot be put there stays where it was", {
  ignore: Deno.build.os === "windows",
}, () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, PHOTOS);
    await Deno.symlink(`${folder}/photos/1.jpg`, `${folder}/link.jpg`);
    await Deno.mkdir(`${folder}/sorted`);
    const sorter = new PhotoSorter(`${folder}/sorted`, "move");
    await assert.rejects(sorter.put(`${folder}/link.jpg`, "ants"), /is a link/);
    await Deno.writeTextFile(`${folder}/sorted/bees`, "a file where the folder would be");
    await assert.rejects(sorter.put(`${folder}/photos/1.jpg`, "bees"));
    assert.equal(await Deno.readTextFile(`${folder}/photos/1.jpg`), "one");
  }));

Deno.test("a photo goes to its class, to the unsure ones, or to none of these", () => {
  const photo = { label: "ants", probability: 0.9 };
  assert.equal(sortedFolder(photo), "ants");
  assert.equal(sortedFolder({ ...photo, probability: 0.79 }), "unsure");
  assert.equal(sortedFolder({ ...photo, none_of_these: true }), "none of these");
  assert.equal(sortedFolder({ ...photo, abstains: true }), "unsure");
  assert.equal(sortedFolder({ ...photo, probability: 0.6, abstains: false }), "ants");
  for (
    const label of ["../out", "a/b", "..", ".hidden", "unsure", "None of these", "", "a\\b", "c:"]
  ) {
    const name = sortedFolder({ label, probability: 1 });
    assert.ok(!/^\.|[/\\:]/.test(name) && name !== "", `${label} → ${name}`);
    assert.ok(!["unsure", "none of these"].includes(name.toLowerCase()), name);
  }
  for (const label of ["con", "AUX", "nul.old", "com1", "ants.", "ants "]) {
    const name = sortedFolder({ label, probability: 1 });
    assert.equal(windowsObjection(name), undefined, `${label} → ${name}`);
  }
});
