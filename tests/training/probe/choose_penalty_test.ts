import assert from "node:assert/strict";
import { choosePenalty } from "../../../training/probe/choose_penalty.ts";
import { CS } from "../../../training/probe/penalties.ts";
import { trainAndHeldOut } from "../../../training/probe/cross_validation.ts";
import type { LabelledFeatures } from "../../../training/probe/labelled_features.ts";
import {
  decisionFunction,
  fitLogisticRegression,
  predictProba,
} from "../../../training/probe/logistic_regression.ts";
import { fitStandardScaler, foldScaler, standardise } from "../../../training/probe/standardise.ts";
import { largestDifference, randomFeatures, takeRows } from "./random_features.ts";

const FOLDS = { nSplits: 4, seed: 5 };
const EXACT = { compared: 1e-10, final: 1e-10 };

/** Cross-validation as one would write it down: copies, no warm start, no guess of the Hessian. */
function crossValidated(photos: LabelledFeatures, foldOf: Int32Array, C: number) {
  const { labels, classes, sampleWeight } = photos;
  const probabilities = new Float64Array(labels.length * classes.length);
  for (let fold = 0; fold < FOLDS.nSplits; fold++) {
    const [train, heldOut] = trainAndHeldOut(foldOf, fold);
    const seen = takeRows(photos.features, train);
    const scaler = fitStandardScaler(seen);
    const fit = fitLogisticRegression({
      features: standardise(seen, scaler),
      labels: train.map((i) => labels[i]),
      classes,
      sampleWeight: sampleWeight && Float64Array.from(train, (i) => sampleWeight[i]),
    }, { C });
    const asked = standardise(takeRows(photos.features, heldOut), scaler);
    const answers = predictProba(fit, asked);
    heldOut.forEach((photo, i) =>
      probabilities.set(
        answers.subarray(i * classes.length, (i + 1) * classes.length),
        photo * classes.length,
      )
    );
  }
  let loss = 0, total = 0;
  labels.forEach((label, i) => {
    const weight = sampleWeight?.[i] ?? 1;
    loss -= weight * Math.log(probabilities[i * classes.length + label]);
    total += weight;
  });
  return { probabilities, logLoss: loss / total };
}

for (
  const [name, size] of [
    ["three classes", { stream: 300, photos: 90, features: 9, classes: 3 }],
    ["two classes, weighted", { stream: 310, photos: 70, features: 9, classes: 2, weighted: true }],
    ["more features than photos", { stream: 320, photos: 44, features: 101, classes: 3 }],
  ] as const
) {
  Deno.test(`the curve, the answers and the last fit are those of a plain reference: ${name}`, () => {
    const photos = randomFeatures(size);
    const chosen = choosePenalty(photos, { ...FOLDS, Cs: CS.slice(0, 9), tol: EXACT });
    const { foldOf, probabilities, accuracy } = chosen.outOfFold;
    for (const { C, logLoss } of chosen.curve) {
      const expected = crossValidated(photos, foldOf, C);
      // Weaker penalties leave the weights, and so the reference, less certain.
      const allowed = (C <= 1 ? 1e-8 : 1e-4) * logLoss;
      assert.ok(Math.abs(logLoss - expected.logLoss) < allowed, `C ${C}: ${logLoss}`);
      if (C !== chosen.C) continue;
      assert.ok(largestDifference(probabilities, expected.probabilities) < 1e-6);
      const { length } = photos.classes;
      const right = photos.labels.filter((label, i) => {
        const row = expected.probabilities.subarray(i * length, (i + 1) * length);
        return row.every((p) => p <= row[label]);
      });
      assert.equal(accuracy, right.length / photos.labels.length);
    }
    const least = Math.min(...chosen.curve.map(({ logLoss }) => logLoss));
    const within = chosen.curve.find(({ logLoss }) => logLoss * (1 - 1e-3) <= least)!;
    assert.equal(chosen.C, within.C);

    const scaler = fitStandardScaler(photos.features);
    const features = standardise(photos.features, scaler);
    const fit = foldScaler(fitLogisticRegression({ ...photos, features }, { C: chosen.C }), scaler);
    assert.ok(chosen.classifier.converged);
    const logits = decisionFunction(chosen.classifier, photos.features);
    assert.ok(largestDifference(logits, decisionFunction(fit, photos.features)) < 1e-5);
  });
}

Deno.test("looser fits, as many photos get them, choose the same", () => {
  const photos = randomFeatures({ stream: 330, photos: 200, features: 30, classes: 4 });
  const exact = choosePenalty(photos, { ...FOLDS, tol: EXACT });
  for (const [tol, allowed] of [[{ compared: 1e-4 }, 1e-2], [{}, 1e-4]] as const) {
    const loose = choosePenalty(photos, { ...FOLDS, tol });
    assert.equal(loose.C, exact.C);
    loose.curve.forEach(({ logLoss }, i) => {
      assert.ok(Math.abs(logLoss / exact.curve[i].logLoss - 1) < allowed);
    });
  }
});

Deno.test("it stops where the log loss rises clearly, and says what it did not try", () => {
  const photos = randomFeatures({ stream: 340, photos: 90, features: 20, classes: 3 });
  // Labels that the features say nothing of: the stronger the penalty, the better.
  const labels = photos.labels.map((_, i) => (i * 7 + (i >> 3)) % 3);
  const chosen = choosePenalty({ ...photos, labels }, FOLDS);
  assert.ok(chosen.untried.length > 0);
  assert.deepEqual([...chosen.curve.map(({ C }) => C), ...chosen.untried], CS);
  for (const C of chosen.untried) {
    const { logLoss } = crossValidated({ ...photos, labels }, chosen.outOfFold.foldOf, C);
    assert.ok(logLoss > chosen.curve.at(-1)!.logLoss);
  }
});

Deno.test("of equals the strongest penalty is chosen", () => {
  const photos = randomFeatures({ stream: 350, photos: 40, features: 3, classes: 2 });
  photos.features.data.fill(7);
  const { C, curve, classifier } = choosePenalty(photos, FOLDS);
  assert.equal(C, 1e-6);
  assert.equal(curve.length, CS.length);
  assert.ok(largestDifference(classifier.coef, new Float64Array(6)) < 1e-12);
});

Deno.test("groups stay together, and a class that cannot be divided is named", () => {
  const photos = randomFeatures({ stream: 360, photos: 60, features: 4, classes: 2 });
  const groups = Array.from({ length: 60 }, (_, i) => `series ${i % 10}`);
  const { foldOf } = choosePenalty({ ...photos, groups }, FOLDS).outOfFold;
  for (let i = 10; i < 60; i++) assert.equal(foldOf[i], foldOf[i % 10]);
  const labels = new Int32Array(60).fill(1, 59);
  assert.throws(() => choosePenalty({ ...photos, labels }, FOLDS), /class 1 has one photo/);
});
