import assert from "node:assert/strict";
import {
  decisionFunction,
  fitLogisticRegression,
  predictProba,
} from "../../../training/probe/logistic_regression.ts";
import { fitStandardScaler, foldScaler, standardise } from "../../../training/probe/standardise.ts";
import { largestDifference, type RandomFeatures, randomFeatures } from "./random_features.ts";

interface Fixture extends RandomFeatures {
  name: string;
  C: number;
  mean: number[];
  scale: number[];
  /** [classes × features], or one row for two classes. */
  coef: number[][];
  intercept: number[];
  probabilities: number[][];
}

const fixtures: Fixture[] = JSON.parse(
  await Deno.readTextFile(
    new URL("../../fixtures/training/probe/logistic_regression.json", import.meta.url),
  ),
);

for (const fixture of fixtures) {
  Deno.test(`scikit-learn's coefficients and probabilities: ${fixture.name}`, () => {
    const photos = randomFeatures(fixture);
    const scaler = fitStandardScaler(photos.features);
    assert.ok(largestDifference(scaler.mean, fixture.mean) < 1e-12);
    assert.ok(largestDifference(scaler.scale, fixture.scale) < 1e-12);
    const features = standardise(photos.features, scaler);
    const fit = fitLogisticRegression({ ...photos, features }, { C: fixture.C });
    assert.ok(fit.converged);
    // With two classes scikit-learn has one vector: the second class's weights less the first's.
    const halves = ([ofSecond]: number[]) => [-ofSecond / 2, ofSecond / 2];
    const coef = fixture.coef.length > 1
      ? fixture.coef.flat()
      : [-0.5, 0.5].flatMap((half) => fixture.coef[0].map((value) => half * value));
    const intercept = fixture.coef.length > 1 ? fixture.intercept : halves(fixture.intercept);
    assert.ok(largestDifference(fit.coef, coef) < 1e-7);
    assert.ok(largestDifference(fit.intercept, intercept) < 1e-7);
    const probabilities = predictProba(fit, features);
    assert.ok(largestDifference(probabilities, fixture.probabilities.flat()) < 1e-8);
  });
}

Deno.test("standardised on the way, some rows alone: as fitting their standardised copy", () => {
  const photos = randomFeatures({ stream: 70, photos: 90, features: 11, classes: 3 });
  const rows = Int32Array.from({ length: 61 }, (_, i) => (i * 7) % 90);
  const scaler = fitStandardScaler(photos.features, rows);
  const onTheWay = fitLogisticRegression(photos, { C: 1, rows, scaler });
  const features = standardise(photos.features, scaler);
  const copied = fitLogisticRegression({ ...photos, features }, { C: 1, rows });
  assert.ok(largestDifference(onTheWay.coef, copied.coef) < 1e-7);
  assert.ok(largestDifference(onTheWay.intercept, copied.intercept) < 1e-7);
});

Deno.test("a whole weight counts as so many copies of a photo", () => {
  const photos = randomFeatures({ stream: 80, photos: 40, features: 5, classes: 3 });
  const sampleWeight = Float64Array.from({ length: 40 }, (_, i) => i % 3);
  const rows = Int32Array.from([...sampleWeight].flatMap((times, i) => new Array(times).fill(i)));
  const weighted = fitLogisticRegression({ ...photos, sampleWeight }, { C: 0.5 });
  const copied = fitLogisticRegression(photos, { C: 0.5, rows });
  assert.ok(largestDifference(weighted.coef, copied.coef) < 1e-7);
  assert.ok(largestDifference(weighted.intercept, copied.intercept) < 1e-7);
});

Deno.test("a warm start leads to the same place in fewer steps", () => {
  const photos = randomFeatures({ stream: 90, photos: 200, features: 20, classes: 4 });
  const cold = fitLogisticRegression(photos, { C: 0.1 });
  const near = fitLogisticRegression(photos, { C: 0.09 });
  const warm = fitLogisticRegression(photos, { C: 0.1, warmStart: near });
  assert.ok(warm.nIter < cold.nIter);
  assert.ok(largestDifference(warm.coef, cold.coef) < 1e-6);
  assert.equal(fitLogisticRegression(photos, { C: 0.1, warmStart: cold }).nIter, 0);
});

Deno.test("it says when it stopped before it converged", () => {
  const photos = randomFeatures({ stream: 90, photos: 200, features: 20, classes: 4 });
  const fit = fitLogisticRegression(photos, { C: 10, maxIter: 3 });
  assert.deepEqual([fit.converged, fit.nIter], [false, 3]);
});

Deno.test("a class without a photo, and a C that is none, are named", () => {
  const photos = randomFeatures({ stream: 90, photos: 20, features: 2, classes: 3 });
  const rows = Int32Array.from(photos.labels.keys()).filter((i) => photos.labels[i] !== 1);
  assert.throws(
    () => fitLogisticRegression(photos, { C: 1, rows }),
    /no photo of class 1 to learn/,
  );
  assert.throws(() => fitLogisticRegression(photos, { C: 0 }), /above zero, not 0/);
});

Deno.test("logits are the features times the weights and the bias; probabilities survive huge ones", () => {
  const classifier = {
    classes: 2,
    features: 2,
    coef: Float64Array.of(1, 2, 1000, 0),
    intercept: Float64Array.of(0.5, 0),
  };
  const features = { rows: 2, columns: 2, data: Float64Array.of(3, 4, 0, 0) };
  assert.deepEqual([...decisionFunction(classifier, features)], [11.5, 3000, 0.5, 0]);
  const half = 1 / (1 + Math.exp(-0.5));
  const rows = Int32Array.of(1, 0);
  assert.ok(
    largestDifference(predictProba(classifier, features, rows), [half, 1 - half, 0, 1]) < 1e-15,
  );
});

Deno.test("weights for features as they are give the logits of standardised ones", () => {
  const photos = randomFeatures({ stream: 60, photos: 90, features: 7, classes: 3 });
  const scaler = fitStandardScaler(photos.features);
  const features = standardise(photos.features, scaler);
  const fit = fitLogisticRegression({ ...photos, features }, { C: 1 });
  const raw = decisionFunction(foldScaler(fit, scaler), photos.features);
  assert.ok(largestDifference(raw, decisionFunction(fit, features)) < 1e-9);
});
