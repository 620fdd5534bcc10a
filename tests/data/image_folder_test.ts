import assert from "node:assert/strict";
import fc from "fast-check";
import { compareCodePoints, listImageFolder } from "../../data/image_folder.ts";

async function withFolder(files: string[], test: (root: string) => Promise<void>) {
  const root = await Deno.makeTempDir();
  try {
    for (const file of files) {
      const path = `${root}/${file}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, "");
    }
    await test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("classes and photos come in ImageFolder's order, by code point", async () => {
  const files = [
    "bees/2.JPG",
    "bees/10.jpg",
    "bees/a/z.png",
    "bees/a-b/y.webp",
    "bees/a/b/x.tiff",
    "Ants/x.jpeg",
    "ants/\u{1F41C}.bmp",
    "ants/\u{FF21}.ppm",
    "not-in-a-class.jpg",
  ];
  await withFolder(files, async (root) => {
    const { classes, samples } = await listImageFolder(root);
    assert.deepEqual(classes, ["Ants", "ants", "bees"]);
    assert.deepEqual(samples, [
      { path: "Ants/x.jpeg", label: 0 },
      { path: "ants/\u{FF21}.ppm", label: 1 },
      { path: "ants/\u{1F41C}.bmp", label: 1 },
      { path: "bees/10.jpg", label: 2 },
      { path: "bees/2.JPG", label: 2 },
      // os.walk is sorted by whole path: "-" is before "/".
      { path: "bees/a/z.png", label: 2 },
      { path: "bees/a-b/y.webp", label: 2 },
      { path: "bees/a/b/x.tiff", label: 2 },
    ]);
  });
});

Deno.test("files that torchvision passes over are listed apart", async () => {
  await withFolder(["a/x.gif", "a/x.jpg", "a/.hidden", "a/jpg"], async (root) => {
    const { samples, ignored } = await listImageFolder(root);
    assert.deepEqual(samples, [{ path: "a/x.jpg", label: 0 }]);
    assert.deepEqual(ignored, ["a/.hidden", "a/jpg", "a/x.gif"]);
  });
});

Deno.test("links to folders and photos are followed, and a loop ends", async () => {
  await withFolder(["real/x.jpg", "a/y.jpg"], async (root) => {
    await Deno.symlink(`${root}/real`, `${root}/a/link`);
    await Deno.symlink(`${root}/a`, `${root}/a/link-to-itself`);
    await Deno.symlink(`${root}/nowhere`, `${root}/a/dangling.jpg`);
    await Deno.symlink(`${root}/real`, `${root}/linked-class`);
    const { classes, samples } = await listImageFolder(root);
    assert.deepEqual(classes, ["a", "linked-class", "real"]);
    assert.deepEqual(samples.map(({ path }) => path), [
      "a/dangling.jpg",
      "a/y.jpg",
      "a/link/x.jpg",
      "linked-class/x.jpg",
      "real/x.jpg",
    ]);
  });
});

Deno.test("a class without photos is listed all the same", async () => {
  await withFolder(["a/x.jpg", "b/readme.txt"], async (root) => {
    const { classes, samples } = await listImageFolder(root);
    assert.deepEqual([classes, samples.length], [["a", "b"], 1]);
  });
});

Deno.test("a missing folder and a folder without classes are told apart", async () => {
  await withFolder(["photo.jpg"], async (root) => {
    await assert.rejects(listImageFolder(root), /has no class folders/);
    await assert.rejects(listImageFolder(`${root}/x`), /cannot list .*does not exist/);
    await assert.rejects(listImageFolder(`${root}/photo.jpg`), /cannot list the folder/);
  });
});

Deno.test("strings compare by code point", () => {
  fc.assert(fc.property(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "binary" }),
    (a, b) => {
      const [x, y] = [a, b].map((text) => Array.from(text, (c) => c.codePointAt(0)!));
      let i = 0;
      while (i < x.length && x[i] === y[i]) i++;
      const expected = Math.sign((x[i] ?? -1) - (y[i] ?? -1));
      assert.equal(Math.sign(compareCodePoints(a, b)), expected);
    },
  ));
});
