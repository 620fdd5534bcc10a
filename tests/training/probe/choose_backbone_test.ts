import assert from "node:assert/strict";
import { answersOf, chooseBackbone } from "../../../training/probe/choose_backbone.ts";
import type { LabelledFeatures } from "../../../training/probe/labelled_features.ts";
import { choosePenalty } from "../../../training/probe/choose_penalty.ts";
import { matrix } from "../../../training/probe/matrix.ts";
import { hashUniform } from "../../../bench/certify/hash_numbers.ts";
import { mcnemarExact } from "../../../training/metrics.ts";
import { randomFeatures } from "./random_features.ts";

const FOLDS = { nSplits: 4, seed: 3, Cs: [1e-3, 1e-1, 1] };
const photos = randomFeatures({ stream: 700, photos: 160, features: 12, classes: 3 });

/** The same photos, seen through more noise. */
function blurred(by: number, stream: number): LabelledFeatures {
  const { rows, columns, data } = photos.features;
  const noise = hashUniform(stream, data.length);
  return { ...photos, features: matrix(rows, columns, data.map((x, i) => x + by * noise[i])) };
}

Deno.test("a network's answers are those of photos that the fit did not see", () => {
  const { C, losses, right, logLoss, accuracy } = answersOf("net", photos, FOLDS);
  const { C: chosenC, curve, outOfFold } = choosePenalty(photos, FOLDS);
  assert.equal(C, chosenC);
  assert.equal(logLoss, curve.find((point) => point.C === C)!.logLoss);
  assert.equal(accuracy, outOfFold.accuracy);
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  assert.ok(Math.abs(mean - logLoss) < 1e-9, `${mean} is not ${logLoss}`);
  assert.equal(right.filter(Boolean).length / right.length, accuracy);
});

Deno.test("the smallest log loss wins, and each other is told with the photos that differ", () => {
  const answers = [
    answersOf("blind", blurred(60, 702), FOLDS),
    answersOf("sharp", photos, FOLDS),
    answersOf("blurred", blurred(2, 701), FOLDS),
  ];
  const { chosen, scores, comparisons } = chooseBackbone(answers, { seed: 0 });
  assert.equal(chosen, "sharp");
  assert.deepEqual(scores.map(({ name }) => name), ["sharp", "blurred", "blind"]);
  for (const { name, ...comparison } of comparisons) {
    const [first, other] = [answers[1], answers.find((answer) => answer.name === name)!];
    const onlyFirst = first.right.filter((right, i) => right && !other.right[i]).length;
    const onlyOther = other.right.filter((right, i) => right && !first.right[i]).length;
    assert.equal(comparison.onlyChosenRight, onlyFirst);
    assert.equal(comparison.onlyOtherRight, onlyOther);
    assert.equal(comparison.accuracyPValue, mcnemarExact(onlyFirst, onlyOther));
    assert.ok(comparison.logLossDifference > 0);
  }
  const [close, far] = comparisons;
  assert.ok(far.logLossPValue < 0.001, "what sees nothing loses by more than chance");
  assert.ok(far.logLossPValue < close.logLossPValue);
});

Deno.test("of networks that are equal the first wins, and nothing tells them apart", () => {
  const same = ["a", "b"].map((name) => answersOf(name, photos, FOLDS));
  const { chosen, comparisons: [{ logLossPValue, accuracyPValue }] } = chooseBackbone(same, {
    seed: 0,
  });
  assert.deepEqual([chosen, logLossPValue, accuracyPValue], ["a", 1, 1]);
});
