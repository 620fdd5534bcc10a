import assert from "node:assert/strict";
import fc from "fast-check";
import { choosePenalty } from "../../../training/probe/choose_penalty.ts";
import { learningCurve, shareOf } from "../../../training/probe/learning_curve.ts";
import { randomFeatures } from "./random_features.ts";

Deno.test("shares are of each class, nested, and never without a class", () => {
  const classes = ["ants", "bees", "cats"];
  const lists = fc.array(fc.nat(2), { minLength: 3, maxLength: 40 });
  fc.assert(fc.property(lists, (list) => {
    const labels = Int32Array.from([0, 1, 2, ...list]);
    const all = Int32Array.from(labels.keys());
    let before = new Set<number>();
    for (const share of [0.25, 0.5, 1]) {
      const taken = new Set(shareOf(all, { labels, classes }, share));
      for (const photo of before) assert.ok(taken.has(photo));
      for (let label = 0; label < 3; label++) {
        const count = labels.filter((of) => of === label).length;
        const ofClass = [...taken].filter((photo) => labels[photo] === label).length;
        assert.ok(ofClass === 1 || Math.abs(ofClass - share * count) <= 0.5);
      }
      before = taken;
    }
    assert.equal(before.size, labels.length);
  }));
});

Deno.test("with all photos it is the accuracy of cross-validation, and with fewer it is lower", () => {
  const photos = randomFeatures({ stream: 500, photos: 200, features: 30, classes: 4 });
  const folds = { nSplits: 4, seed: 1 };
  const chosen = choosePenalty(photos, { ...folds, tol: { compared: 1e-9, final: 1e-9 } });
  const [quarter, half, all] = learningCurve(photos, { ...folds, C: chosen.C, tol: 1e-9 });
  assert.deepEqual([quarter.share, half.share, all.share], [0.25, 0.5, 1]);
  assert.equal(all.accuracy, chosen.outOfFold.accuracy);
  assert.equal(all.trainSize, 150);
  assert.ok(Math.abs(half.trainSize - 75) <= 2);
  assert.ok(quarter.accuracy < half.accuracy && half.accuracy < all.accuracy);
  assert.deepEqual(
    learningCurve(photos, { ...folds, C: chosen.C, tol: 1e-9 }),
    [quarter, half, all],
  );
});

Deno.test("whole groups are held out: more copies of a photo change nothing", () => {
  // Each series is one photo four times, and C makes up for that.
  const photos = randomFeatures({ stream: 510, photos: 80, features: 6, classes: 2 });
  const { data, columns } = photos.features;
  for (let i = 20; i < 80; i++) {
    data.copyWithin(i * columns, (i % 20) * columns, (i % 20 + 1) * columns);
    photos.labels[i] = photos.labels[i % 20];
  }
  const groups = Array.from({ length: 80 }, (_, i) => `series ${i % 20}`);
  const single = randomFeatures({ stream: 510, photos: 20, features: 6, classes: 2 });
  const options = { nSplits: 2, seed: 1, tol: 1e-9 };
  const [, , all] = learningCurve({ ...photos, groups }, { ...options, C: 0.25 });
  const [, , once] = learningCurve(
    { ...single, groups: groups.slice(0, 20) },
    { ...options, C: 1 },
  );
  assert.equal(all.accuracy, once.accuracy);
});
