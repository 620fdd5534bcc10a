import assert from "node:assert/strict";
import { sha256 } from "../../../pipeline/digest.ts";
import { findDamageByContent, readTree } from "../../../pipeline/store/read_tree.ts";
import { digestOfTree, missingOutputs } from "../../../pipeline/tree.ts";
import { Folder } from "../rig.ts";

Deno.test("a tree lists every file by path, size and digest, and folders that are empty", async () => {
  using folder = new Folder();
  folder.write("b.txt", "b");
  folder.write("a/é.txt", "ab");
  Deno.mkdirSync(`${folder.path}/empty/inner`, { recursive: true });
  assert.deepEqual(await readTree(folder.path), {
    files: [
      { path: "a/é.txt", size: 2, sha256: sha256("ab") },
      { path: "b.txt", size: 1, sha256: sha256("b") },
    ],
    emptyFolders: ["empty/inner"],
  });
});

Deno.test("a tree's digest sees names, content and empty folders, and nothing else", async () => {
  const digestWith = async (change: (folder: Folder) => void) => {
    using folder = new Folder();
    folder.write("a/x.txt", "x");
    folder.write("b.txt", "y");
    change(folder);
    return digestOfTree(await readTree(folder.path));
  };
  const plain = await digestWith(() => {});
  const changes: ((folder: Folder) => void)[] = [
    (folder) => folder.write("b.txt", "z"),
    (folder) => folder.write("c.txt", ""),
    (folder) => Deno.renameSync(`${folder.path}/b.txt`, `${folder.path}/a/b.txt`),
    (folder) => Deno.mkdirSync(`${folder.path}/empty`),
    (folder) => Deno.removeSync(`${folder.path}/b.txt`),
  ];
  const digests = await Promise.all(changes.map(digestWith));
  assert.equal(new Set([plain, ...digests]).size, 1 + changes.length);
  assert.equal(await digestWith((folder) => Deno.utimeSync(`${folder.path}/b.txt`, 1, 1)), plain);
});

Deno.test("a link is refused, wherever it leads", async () => {
  using folder = new Folder();
  folder.write("a.txt", "a");
  Deno.symlinkSync("a.txt", `${folder.path}/link`);
  await assert.rejects(readTree(folder.path), /^Error: link is a link or a device/);
});

Deno.test("missing outputs are named; a folder, even an empty one, is an output", () => {
  const tree = {
    files: [{ path: "photos/a.jpg", size: 1, sha256: "" }, { path: "m.json", size: 1, sha256: "" }],
    emptyFolders: ["none"],
  };
  assert.deepEqual(missingOutputs(tree, ["photos", "photos/", "none", "m.json"]), []);
  assert.deepEqual(missingOutputs(tree, ["m", "photo", "photos/b.jpg"]), [
    "m",
    "photo",
    "photos/b.jpg",
  ]);
});

Deno.test("damage that leaves sizes alone is found by content", async () => {
  using folder = new Folder();
  folder.write("a.txt", "abc");
  const tree = await readTree(folder.path);
  assert.equal(await findDamageByContent(folder.path, tree), undefined);
  folder.write("b.txt", "new");
  assert.equal(await findDamageByContent(folder.path, tree), "b.txt does not belong there");
  folder.write("a.txt", "abd");
  assert.equal(await findDamageByContent(folder.path, tree), "a.txt has other content");
});
