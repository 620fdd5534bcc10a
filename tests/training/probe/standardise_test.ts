import assert from "node:assert/strict";
import { matrix } from "../../../training/probe/matrix.ts";
import { fitStandardScaler, standardise } from "../../../training/probe/standardise.ts";
import { largestDifference, randomFeatures } from "./random_features.ts";

Deno.test("standardised features have mean 0 and standard deviation 1", () => {
  const { features } = randomFeatures({ stream: 50, photos: 33, features: 6, classes: 2 });
  const standardised = standardise(features, fitStandardScaler(features));
  const { mean, scale } = fitStandardScaler(standardised);
  assert.ok(largestDifference(mean, new Float64Array(6)) < 1e-14);
  assert.ok(largestDifference(scale, new Float64Array(6).fill(1)) < 1e-14);
});

Deno.test("a constant feature is moved and not scaled, also where the mean of it is rounded", () => {
  const features = matrix(3, 2, [0.1, 1, 0.1, 2, 0.1, 6]);
  const { mean, scale } = fitStandardScaler(features);
  assert.equal(scale[0], 1);
  assert.ok(Math.abs(mean[0] - 0.1) < 1e-16);
  assert.ok(Math.abs(scale[1] - Math.sqrt(14 / 3)) < 1e-15);
});

Deno.test("a scaler of some rows knows nothing of the others", () => {
  const features = matrix(4, 1, [1, 1000, 3, -77]);
  const { mean, scale } = fitStandardScaler(features, Int32Array.of(0, 2));
  assert.deepEqual([mean[0], scale[0]], [2, 1]);
});

Deno.test("a feature that is no number is named with its photo", () => {
  assert.throws(() => matrix(2, 2, [1, 2, 3, NaN]), /feature 1 of photo 1 is NaN/);
  assert.throws(() => matrix(2, 2, [1, 2, 3]), /2 rows of 2 columns are not 3 numbers/);
});
