import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { randomStateDict } from "../../bench/model_work.ts";
import { findArchitecture } from "../../models/registry.ts";

Deno.test("the random weights are the same in every process, and differ from layer to layer", async () => {
  await tf.setBackend("cpu");
  const architecture = findArchitecture("mobilenet_v2");
  const [first, second] = [randomStateDict(architecture), randomStateDict(architecture)];
  assert.deepEqual(first, second);
  const beginnings = [...first.values()].filter(({ shape }) => shape.length > 1)
    .map(({ data }) => data[0]);
  assert.equal(new Set(beginnings).size, beginnings.length);
});
