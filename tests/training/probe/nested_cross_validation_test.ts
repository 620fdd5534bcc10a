import assert from "node:assert/strict";
import { hashUniform } from "../../../bench/certify/hash_numbers.ts";
import { answersOf } from "../../../training/probe/choose_backbone.ts";
import {
  DivisionError,
  stratifiedGroupKFold,
  trainAndHeldOut,
} from "../../../training/probe/cross_validation.ts";
import { type LabelledFeatures, takePhotos } from "../../../training/probe/labelled_features.ts";
import { fitProbe } from "../../../training/probe/fit_probe.ts";
import { decisionFunction } from "../../../training/probe/logistic_regression.ts";
import { matrix } from "../../../training/probe/matrix.ts";
import { answerHeldOut } from "../../../training/probe/nested_cross_validation.ts";
import { largestDifference, randomFeatures } from "./random_features.ts";

const OPTIONS = { nSplits: 3, seed: 5, Cs: [1e-2, 1] };
const photos = randomFeatures({ stream: 800, photos: 90, features: 8, classes: 3 });

/** With more noise in the features of some photos. */
function disturbed(by: number, stream: number, rows?: Int32Array): LabelledFeatures {
  const { rows: count, columns, data } = photos.features;
  const noise = hashUniform(stream, data.length);
  const isDisturbed = (at: number) => !rows || rows.includes(Math.floor(at / columns));
  const values = data.map((x, at) => isDisturbed(at) ? x + by * noise[at] : x);
  return { ...photos, features: matrix(count, columns, values) };
}

Deno.test("photos are taken with all that is known of them, in the order of their indices", () => {
  const { features, labels, groups, sampleWeight } = takePhotos(
    {
      features: matrix(3, 2, [0, 1, 2, 3, 4, 5]),
      labels: Int32Array.of(0, 1, 0),
      classes: ["a", "b"],
      groups: ["x", "y", "z"],
      sampleWeight: Float64Array.of(1, 2, 3),
    },
    Int32Array.of(2, 0),
  );
  assert.deepEqual(features, { rows: 2, columns: 2, data: Float64Array.of(4, 5, 0, 1) });
  assert.deepEqual([[...labels], groups, [...sampleWeight!]], [[0, 0], ["z", "x"], [3, 1]]);
});

Deno.test("every photo is asked about once, by the network that the others choose", () => {
  const networks = [{ name: "blind", photos: disturbed(40, 810) }, { name: "sharp", photos }];
  const asked: number[] = [];
  const foldOf = stratifiedGroupKFold(photos, OPTIONS);
  for (let fold = 0; fold < 3; fold++) {
    const { chosen, C, photos: heldOut, logits } = answerHeldOut(networks, fold, OPTIONS);
    const [rows, others] = trainAndHeldOut(foldOf, fold);
    assert.deepEqual(heldOut, others);
    const best = answersOf("sharp", takePhotos(photos, rows), OPTIONS);
    assert.deepEqual([chosen, C], ["sharp", best.C]);
    const { coef, intercept } = best.classifier;
    const expected = Array.from(heldOut).flatMap((row) =>
      Array.from(intercept, (bias, k) =>
        photos.features.data.subarray(row * 8, row * 8 + 8)
          .reduce((sum, x, d) => sum + x * coef[k * 8 + d], bias))
    );
    assert.ok(largestDifference(logits, expected) < 1e-9);
    asked.push(...heldOut);
  }
  assert.deepEqual(asked.sort((a, b) => a - b), [...photos.labels.keys()]);
});

Deno.test("nothing of a photo that is left out decides what answers it", () => {
  const foldOf = stratifiedGroupKFold(photos, OPTIONS);
  const [, heldOut] = trainAndHeldOut(foldOf, 1);
  // All but the first of those that are left out look otherwise, to both networks.
  const spoilt = heldOut.subarray(1);
  const before = answerHeldOut(
    [{ name: "a", photos }, { name: "b", photos: disturbed(1, 820) }],
    1,
    OPTIONS,
  );
  const after = answerHeldOut(
    [{ name: "a", photos: disturbed(100, 821, spoilt) }, { name: "b", photos: disturbed(1, 820) }],
    1,
    OPTIONS,
  );
  assert.deepEqual([after.chosen, after.C], [before.chosen, before.C]);
  assert.deepEqual(after.logits.subarray(0, 3), before.logits.subarray(0, 3));
  assert.notDeepEqual(after.logits, before.logits);
});

Deno.test("photos that cannot be left out and the others still be divided are told", () => {
  const labels = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 1, 1);
  const few = { features: matrix(9, 1, labels), labels, classes: ["ants", "bees"] };
  assert.throws(() => {
    for (let fold = 0; fold < 3; fold++) answerHeldOut([{ name: "a", photos: few }], fold, OPTIONS);
  }, (error) => error instanceof DivisionError && /bees has one photo/.test(error.message));
});

Deno.test("a head that is balanced is asked about each part as it is fitted", () => {
  const rows = Int32Array.from(
    [...photos.labels.keys()].filter((i) => photos.labels[i] !== 0 || i % 10 === 0),
  );
  const uneven = takePhotos(photos, rows);
  const [train, heldOut] = trainAndHeldOut(stratifiedGroupKFold(uneven, OPTIONS), 0);
  const ask = (balance?: "none" | "loss" | "auto") =>
    answerHeldOut([{ name: "one", photos: uneven }], 0, { ...OPTIONS, balance }).logits;
  const { classifier } = fitProbe(takePhotos(uneven, train), "loss", OPTIONS);
  const expected = decisionFunction(classifier, uneven.features, heldOut);
  assert.ok(largestDifference(ask("loss"), expected) < 1e-12);
  assert.ok(largestDifference(ask("auto"), expected) < 1e-12); // few of one class
  assert.ok(largestDifference(ask("none"), expected) > 0.01);
  assert.ok(largestDifference(ask(), ask("none")) < 1e-12);
});
