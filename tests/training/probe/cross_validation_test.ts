import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Labels,
  stratifiedGroupKFold,
  trainAndHeldOut,
} from "../../../training/probe/cross_validation.ts";

const named = (labels: number[], groups?: string[]): Labels => ({
  labels: Int32Array.from(labels),
  classes: ["ants", "bees", "cats", "dogs"].slice(0, Math.max(...labels) + 1),
  groups,
});

/** Class by class: how many photos lie in each part. */
function table({ labels, classes }: Labels, foldOf: Int32Array, nSplits: number): number[][] {
  return classes.map((_, label) =>
    Array.from(
      { length: nSplits },
      (_, fold) => foldOf.filter((of, i) => of === fold && labels[i] === label).length,
    )
  );
}

const spread = (counts: number[]) => Math.max(...counts) - Math.min(...counts);

const seeds = fc.integer({ min: 0, max: 1e6 });
const parts = fc.integer({ min: 2, max: 6 });
/** At least two photos of each of some classes. */
const labelLists = fc.array(fc.integer({ min: 2, max: 17 }), { minLength: 2, maxLength: 4 })
  .map((counts) => counts.flatMap((count, label) => new Array<number>(count).fill(label)))
  .chain((labels) => fc.shuffledSubarray(labels, { minLength: labels.length }));

Deno.test("photos without groups: each class's counts differ by one at most, from part to part", () => {
  fc.assert(fc.property(labelLists, parts, seeds, (list, nSplits, seed) => {
    fc.pre(list.length >= nSplits);
    const photos = named(list);
    const foldOf = stratifiedGroupKFold(photos, { nSplits, seed });
    for (const counts of table(photos, foldOf, nSplits)) assert.ok(spread(counts) <= 1);
    for (let fold = 0; fold < nSplits; fold++) {
      const [train, heldOut] = trainAndHeldOut(foldOf, fold);
      assert.ok(heldOut.length > 0);
      // Each photo on exactly one side, and each class to learn from.
      assert.deepEqual([...train, ...heldOut].sort((a, b) => a - b), [...list.keys()]);
      assert.equal(new Set(train.map((i) => list[i])).size, photos.classes.length);
    }
  }));
});

Deno.test("no group is divided, and no part is empty", () => {
  const groupNumbers = fc.array(fc.nat(14), { minLength: 70, maxLength: 70 });
  fc.assert(fc.property(labelLists, groupNumbers, parts, seeds, (list, numbers, nSplits, seed) => {
    const photos = named(list, numbers.slice(0, list.length).map((number) => `series ${number}`));
    let foldOf: Int32Array;
    try {
      foldOf = stratifiedGroupKFold(photos, { nSplits, seed });
    } catch (error) {
      assert.match(`${error}`, /cannot be|too large/);
      return;
    }
    const foldOfGroup = new Map<string, number>();
    photos.groups!.forEach((group, i) => {
      assert.equal(foldOfGroup.get(group) ?? foldOf[i], foldOf[i]);
      foldOfGroup.set(group, foldOf[i]);
    });
    assert.equal(new Set(foldOf).size, nSplits);
    for (const counts of table(photos, foldOf, nSplits)) {
      assert.ok(counts.filter((count) => count > 0).length >= 2);
    }
  }));
});

Deno.test("groups of one class and size are spread as evenly as photos are", () => {
  const groups = Array.from({ length: 60 }, (_, i) => `series ${Math.floor(i / 3)}`);
  const photos = named(Array.from({ length: 60 }, (_, i) => i < 30 ? 0 : 1), groups);
  const counts = table(photos, stratifiedGroupKFold(photos, { nSplits: 5, seed: 3 }), 5);
  assert.deepEqual(counts, [[6, 6, 6, 6, 6], [6, 6, 6, 6, 6]]);
});

Deno.test("groups of unlike sizes: each class's counts differ by two at most", () => {
  // Sizes 1 to 12 of two classes: 78 photos each, 26 in each of three parts.
  const sizes = Array.from({ length: 24 }, (_, i) => i % 12 + 1);
  const groups = sizes.flatMap((size, g) => new Array<string>(size).fill(`series ${g}`));
  const labels = sizes.flatMap((size, g) => new Array<number>(size).fill(g < 12 ? 0 : 1));
  const photos = named(labels, groups);
  const counts = table(photos, stratifiedGroupKFold(photos, { nSplits: 3, seed: 3 }), 3);
  for (const ofClass of counts) assert.ok(spread(ofClass) <= 2, `${ofClass}`);
});

Deno.test("the seed decides, and the same seed the same way", () => {
  const photos = named(Array.from({ length: 40 }, (_, i) => i % 2));
  const divide = (seed: number) => stratifiedGroupKFold(photos, { nSplits: 4, seed });
  assert.deepEqual(divide(1), divide(1));
  assert.notDeepEqual(divide(1), divide(2));
});

Deno.test("a class of fewer photos than parts is missing from some of them", () => {
  const photos = named([...new Array<number>(20).fill(0), 1, 1, 1]);
  const [, ofRare] = table(photos, stratifiedGroupKFold(photos, { nSplits: 5, seed: 0 }), 5);
  assert.deepEqual(ofRare.toSorted(), [0, 0, 1, 1, 1]);
});

Deno.test("what cannot be divided is named, with what to do", () => {
  const divide = (photos: Labels, nSplits = 3) => () =>
    stratifiedGroupKFold(photos, { nSplits, seed: 0 });
  assert.throws(
    divide(named([0, 0, 0, 1])),
    /bees has one photo, which cannot be both learnt from and asked about: add photos of bees, leave/,
  );
  assert.throws(
    divide(named([0, 0, 1, 1, 1], ["a", "b", "tree", "tree", "tree"])),
    /all 3 photos of bees belong to the group tree, .* add photos of bees of another group, leave/,
  );
  assert.throws(
    divide(named([0, 0, 1, 1]), 5),
    /4 photos cannot be divided into 5 parts: add photos, or divide into 4 parts or fewer \(--folds 4\)/,
  );
  assert.throws(
    divide(named([0, 1, 0, 1], ["a", "a", "b", "b"])),
    /2 groups of photos cannot be divided into 3 parts/,
  );
  assert.throws(divide({ ...named([0, 0]), classes: ["ants", "bees"] }), /bees has no photo/);
  assert.throws(divide(named([0, 0, 1, 1]), 1), /2 parts or more, not into 1/);
});
