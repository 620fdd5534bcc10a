import assert from "node:assert/strict";
import { accuracyScore, photoLosses } from "../../../training/probe/log_loss.ts";
import { largestDifference } from "./random_features.ts";

Deno.test("a photo's loss is minus the logarithm of its class's probability, also of the least", () => {
  const logits = Float64Array.of(Math.log(2), Math.log(6), 0, 0, 2000, 0);
  const losses = photoLosses(logits, [1, 1, 1], 2);
  assert.ok(largestDifference(losses, [-Math.log(0.75), Math.LN2, 2000]) < 1e-12);
});

Deno.test("accuracy is the share of photos whose likeliest class is theirs; the first of equals", () => {
  assert.equal(accuracyScore(Float64Array.of(1, 2, 5, 3, 4, 4), [1, 1, 0], 2), 2 / 3);
});
