import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { FINETUNE } from "../../training/recipes.ts";
import { affordableEpochs, epochsWithin } from "../../training/time_budget.ts";
import { ToyLoader, toyModel } from "./toy.ts";

const PACE = { train: 2, val: 0.5 }, BATCHES = { train: 10, val: 4 };

Deno.test("as many whole epochs as fit into the time, and no more than the recipe has", () => {
  // 2 s to look at val before the first, and 22 an epoch.
  assert.equal(affordableEpochs(24, PACE, BATCHES, 5), 1);
  assert.equal(affordableEpochs(45.9, PACE, BATCHES, 5), 1);
  assert.equal(affordableEpochs(46, PACE, BATCHES, 5), 2);
  assert.equal(affordableEpochs(1e6, PACE, BATCHES, 5), 5);
});

Deno.test("a time that is too short for one epoch is refused with what one takes", () => {
  assert.throws(
    () => affordableEpochs(23.9, PACE, BATCHES, 5),
    /budget of 24 s is too short: .* about 24 s here\. Give --time-budget 29s or more.*--branch frozen/,
  );
});

Deno.test("the pace is taken on a copy: the model stays as it is", async () => {
  await tf.setBackend("cpu");
  const model = toyModel(), before = await model.snapshot();
  const tensors = tf.memory().numTensors;
  const loaders = { train: new ToyLoader(30, 4, 100), val: new ToyLoader(7, 4, 500) };
  assert.equal(await epochsWithin(1e6, model, loaders, { ...FINETUNE, epochs: 3 }), 3);
  await assert.rejects(epochsWithin(1e-9, model, loaders, FINETUNE), /too short/);
  assert.deepEqual(await model.snapshot(), before);
  assert.equal(tf.memory().numTensors, tensors, "tensors leaked");
  model.dispose();
});
