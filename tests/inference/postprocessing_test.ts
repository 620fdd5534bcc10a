import assert from "node:assert/strict";
import { references } from "../../inference/out_of_distribution.ts";
import { postprocess, UNCALIBRATED } from "../../inference/postprocessing.ts";

const output = (features: number[]) => ({
  logits: [Math.log(3), 0],
  features: Float32Array.from(features),
});

Deno.test("probabilities are the softmax of the logits over the temperature", () => {
  const [first, second] = postprocess(output([1, 0]), UNCALIBRATED).probabilities;
  assert.ok(Math.abs(first - 0.75) < 1e-12 && Math.abs(second - 0.25) < 1e-12);
  const [cooler] = postprocess(output([1, 0]), { temperature: 2 }).probabilities;
  const root = Math.sqrt(3);
  assert.ok(Math.abs(cooler - root / (root + 1)) < 1e-12);
});

Deno.test("a photo is of none of the classes beyond the threshold, and else it is not", () => {
  const known = references([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
  const read = (features: number[], threshold: number) =>
    postprocess(output(features), {
      temperature: 1,
      outOfDistribution: { references: known, threshold },
    }).isOutOfDistribution;
  // [1, 1] is 45° from either: 1 - cos 45° = 0.29.
  assert.equal(read([5, 5], 0.3), false);
  assert.equal(read([5, 5], 0.29), true);
  assert.equal(read([0, 7], 0), false);
  assert.equal(postprocess(output([5, 5]), UNCALIBRATED).isOutOfDistribution, undefined);
});

Deno.test("a model abstains below the probability that it was given, and only if it was", () => {
  const abstains = (abstainBelow?: number) =>
    postprocess(output([1, 0]), { temperature: 1, abstainBelow }).abstains;
  assert.equal(abstains(0.74), false);
  assert.equal(abstains(0.76), true);
  assert.equal(abstains(), undefined);
  const nothing = { logits: [NaN, NaN], features: Float32Array.of(1) };
  assert.equal(postprocess(nothing, { temperature: 1, abstainBelow: 0.5 }).abstains, true);
});
