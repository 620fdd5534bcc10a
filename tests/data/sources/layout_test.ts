import assert from "node:assert/strict";
import fc from "fast-check";
import { planLayout } from "../../../data/sources/layout.ts";
import { countPhotos, noteOf, targetOf } from "../../../data/sources/plan.ts";
import { photos } from "./photo_tree.ts";

const division = { seed: 0, valFraction: 0.2 };
const plan = (paths: string[]) => planLayout(paths, "mine", division);

/** What becomes what, as an object. */
function targets(paths: string[]): Record<string, string> {
  return Object.fromEntries(plan(paths).files.map((file) => [file.from, targetOf(file)]));
}

const both = ["train/ants/a.jpg", "train/bees/b.png", "val/ants/c.JPEG", "val/bees/d.webp"];
const asIs = Object.fromEntries(both.map((path) => [path, path]));

Deno.test("train and val with the same class folders are taken as they are", () => {
  assert.deepEqual(targets(both), asIs);
  assert.equal(noteOf(plan(both)), undefined);
  assert.deepEqual(countPhotos(plan(both)), {
    train: { ants: 1, bees: 1 },
    val: { ants: 1, bees: 1 },
  });
});

Deno.test("folders around the data set that hold nothing else are skipped", () => {
  const deep = both.map((path) => `dataset-main/images/${path}`);
  assert.deepEqual(Object.values(targets(deep)), Object.values(asIs));
  const wheel = [
    ...deep,
    "pkg-1.0.dist-info/METADATA",
    "__MACOSX/._a.jpg",
    "dataset-main/README.md",
  ];
  assert.deepEqual(Object.values(targets(wheel)), Object.values(asIs));
});

for (const [train, val] of [["Train", "Valid"], ["training", "validation"], ["TRAIN", "VAL"]]) {
  Deno.test(`${train} and ${val} mean train and val`, () => {
    const paths = both.map((path) => path.replace("train", train).replace("val", val));
    assert.deepEqual(Object.values(targets(paths)), Object.values(asIs));
  });
}

Deno.test("test is used for validation only where there is no val, and the note says so", () => {
  const withTest = both.map((path) => path.replace("val", "test"));
  assert.deepEqual(Object.values(targets(withTest)), Object.values(asIs));
  assert.equal(noteOf(plan(withTest)), "test/ is used for validation");
  const three = [...both, "test/ants/x.jpg", "test/bees/y.jpg"];
  assert.deepEqual(targets(three), asIs);
  assert.equal(noteOf(plan(three)), "test/ was left out");
});

Deno.test("train alone is divided, also beside a test without classes", () => {
  const paths = [...photos("train/ants", 10), ...photos("train/bees", 10)];
  assert.deepEqual(countPhotos(plan(paths)), {
    train: { ants: 8, bees: 8 },
    val: { ants: 2, bees: 2 },
  });
  const withTest = plan([...paths, "test/1.jpg"]);
  assert.equal(
    noteOf(withTest),
    "test/ was left out; 20% of each class, chosen by seed 0, are for validation",
  );
  assert.deepEqual(withTest.files, plan(paths).files);
});

Deno.test("of three parts, test is test, and val is cut from train where there is none", () => {
  const inThree = (paths: string[]) => planLayout(paths, "mine", { ...division, parts: 3 });
  const test = ["test/ants/x.jpg", "test/bees/y.jpg"];
  const all = inThree([...both, ...test]);
  assert.deepEqual(all.files.map(targetOf).sort(), [...both, ...test].sort());
  assert.equal(noteOf(all), undefined);
  assert.deepEqual(countPhotos(all).test, { ants: 1, bees: 1 });
  const train = [...photos("train/ants", 10), ...photos("train/bees", 10)];
  const cut = inThree([...train, ...test]);
  assert.deepEqual(countPhotos(cut), {
    train: { ants: 8, bees: 8 },
    val: { ants: 2, bees: 2 },
    test: { ants: 1, bees: 1 },
  });
  assert.equal(noteOf(cut), "20% of each class, chosen by seed 0, are for validation");
  // Neither a photo of test nor its label decides what is trained on.
  const withoutTest = (plan: ReturnType<typeof inThree>) =>
    plan.files.filter(({ split }) => split !== "test");
  assert.deepEqual(
    withoutTest(inThree([...train, "test/bees/x.jpg", "test/ants/z.jpg"])),
    withoutTest(cut),
  );
  const named = inThree([
    ...photos("seg_train/ants", 3),
    ...photos("seg_train/bees", 3),
    "seg_test/ants/x.jpg",
  ]);
  assert.match(
    noteOf(named)!,
    /^seg_train\/ is used for training; seg_test\/ is used for testing; seg_test\/ has no photos of bees, of which nothing is tested; 20%/,
  );
});

Deno.test("a test without classes is left out, and one with a class that train lacks is refused", () => {
  const train = [...photos("train/ants", 10), ...photos("train/bees", 10)];
  const inThree = (...test: string[]) =>
    planLayout([...train, ...test], "mine", { ...division, parts: 3 });
  assert.match(noteOf(inThree("test/1.jpg"))!, /^test\/ was left out; 20% of each class/);
  assert.throws(
    () => inThree("test/ants/1.jpg", "test/wasps/2.jpg"),
    /mine has the class wasps in test\/ but not in train\/: add photos of it there, or remove it here/,
  );
});

Deno.test("own photos are divided in three where they are enough", () => {
  const inThree = (ants: number) =>
    planLayout([...photos("ants", ants), ...photos("bees", 500)], "mine", {
      ...division,
      parts: 3,
    });
  assert.deepEqual(countPhotos(inThree(500)), {
    train: { ants: 320, bees: 320 },
    val: { ants: 80, bees: 80 },
    test: { ants: 100, bees: 100 },
  });
  assert.equal(countPhotos(inThree(40)).test, undefined);
  assert.match(noteOf(inThree(40))!, /none are kept for testing, which takes 200 photos/);
});

Deno.test("class folders alone are divided class by class", () => {
  const paths = [...photos("ants", 10), ...photos("bees", 25), ...photos("wasps", 2)];
  assert.deepEqual(countPhotos(plan(paths)), {
    train: { ants: 8, bees: 20, wasps: 1 },
    val: { ants: 2, bees: 5, wasps: 1 },
  });
  assert.equal(noteOf(plan(paths)), "20% of each class, chosen by seed 0, are for validation");
});

Deno.test("a division uses each photo once, at least one a class and split, whatever the fraction", () => {
  fc.assert(fc.property(
    fc.integer({ min: 2, max: 40 }),
    fc.integer({ min: 2, max: 40 }),
    fc.double({ min: 0.001, max: 0.999, noNaN: true }),
    fc.nat(),
    (ants, bees, valFraction, seed) => {
      const paths = [...photos("ants", ants), ...photos("bees", bees)];
      const plan = planLayout(paths, "mine", { seed, valFraction });
      assert.deepEqual(plan.files.map(({ from }) => from).sort(), paths.toSorted());
      const { val } = countPhotos(plan);
      for (const [name, count] of [["ants", ants], ["bees", bees]] as const) {
        assert.ok(val[name] >= 1 && val[name] <= count - 1);
        const ideal = count * valFraction;
        assert.ok(Math.abs(val[name] - ideal) <= 1, `${val[name]} of ${count}, not ${ideal}`);
      }
    },
  ));
});

Deno.test("the division depends on the seed and the names, not on the order of the files", () => {
  const paths = [...photos("ants", 30), ...photos("bees", 30)];
  const val = (paths: string[], seed: number) =>
    planLayout(paths, "mine", { seed, valFraction: 0.2 }).files
      .filter(({ split }) => split === "val").map(({ from }) => from).sort();
  assert.deepEqual(val(paths, 0), val(paths.toReversed(), 0));
  assert.notDeepEqual(val(paths, 0), val(paths, 1));
  // From a Python script that sorts by hashlib.sha256(f'[0,"{name}","{i}.jpg"]'.encode()).
  const first = { ants: [20, 8, 9, 13, 0, 7], bees: [26, 0, 17, 25, 4, 5] };
  const pinned = Object.entries(first).flatMap(([name, is]) => is.map((i) => `${name}/${i}.jpg`));
  assert.deepEqual(val(paths, 0), pinned.sort());
});

Deno.test("a new photo moves at most one other", () => {
  const val = (count: number) =>
    new Set(
      plan([...photos("ants", count), ...photos("bees", 5)]).files
        .filter(({ split }) => split === "val").map(({ from }) => from),
    );
  for (let count = 10; count < 40; count++) {
    const left = val(count).difference(val(count + 1));
    assert.ok(left.size <= 1, `${[...left]} left at ${count}`);
  }
});

Deno.test("files in class folders that are no photos are kept, deep ones under their path", () => {
  const paths = [...both, "train/ants/imageNotFound.gif", "train/ants/deep/er/e.jpg"];
  assert.deepEqual(targets(paths), Object.fromEntries(paths.map((path) => [path, path])));
  assert.equal(countPhotos(plan(paths)).train.ants, 2);
});

Deno.test("hidden files and what systems leave behind are left out", () => {
  const litter = [
    "train/ants/.DS_Store",
    "train/ants/._a.jpg",
    "train/bees/Thumbs.db",
    "train/.ipynb_checkpoints/a.jpg",
    "__MACOSX/train/ants/a.jpg",
    ".git/config",
  ];
  assert.deepEqual(targets([...both, ...litter]), asIs);
});

Deno.test("photos beside class folders are left out, and the note counts them", () => {
  const paths = [...photos("ants", 3), ...photos("bees", 3), "stray1.jpg", "stray2.jpg"];
  assert.match(noteOf(plan(paths))!, /^2 photos in no class folder were left out; /);
});

for (
  const [what, paths, message] of [
    ["nothing", [], /mine has no class folders with photos: put the photos of each class/],
    ["photos without folders", ["a.jpg", "b.jpg"], /mine has no class folders with photos/],
    ["folders without photos", ["docs/a.txt", "src/b.ts"], /mine has no class folders with photos/],
    ["one class", photos("ants", 3), /mine has only one class, ants: .* two or more/],
    [
      "one class in a split",
      [...photos("train/ants", 3), ...photos("val/ants", 3)],
      /train\/ of mine has only one class, ants/,
    ],
    [
      "an empty class",
      [...photos("ants", 3), ...photos("bees", 3), "wasps/"],
      /class folder wasps\/ of mine has no photos: put photos into it or remove it/,
    ],
    [
      "a class of other files",
      [...photos("ants", 3), ...photos("bees", 3), "wasps/a.gif"],
      /class folder wasps\/ of mine has no photos/,
    ],
    [
      "an empty class in val",
      [...both, "train/wasps/a.jpg", "val/wasps/"],
      /class folder val\/wasps\/ of mine has no photos/,
    ],
    [
      "a class of one photo",
      [...photos("ants", 3), ...photos("bees", 1)],
      /class folder bees\/ of mine has a single photo.*add photos or remove/,
    ],
    [
      "a val class that train lacks",
      [...both, "val/wasps/a.jpg"],
      /mine has the class wasps in val\/ but not in train\//,
    ],
    [
      "a train class that val lacks",
      [...both, "train/wasps/a.jpg"],
      /mine has the class wasps in train\/ but not in val\//,
    ],
    ["val without train", ["val/ants/a.jpg", "val/bees/a.jpg"], /has val\/ but no train folder/],
    ["val and valid", [...both, "valid/ants/a.jpg"], /has val\/ and valid\/, and it is not clear/],
  ] as [string, string[], RegExp][]
) {
  Deno.test(`${what}: the message names the folder and the remedy`, () => {
    assert.throws(() => plan(paths), (error: Error) => {
      assert.match(error.message, message);
      return true;
    });
  });
}
