import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { FINETUNE } from "../../training/recipes.ts";
import { testRates } from "../../training/rate_test.ts";
import { ToyLoader, toyModel } from "./toy.ts";

const RECIPE = { ...FINETUNE, batchSize: 4, labelSmoothing: 0, weightDecay: 0, clipNorm: null };

Deno.test("a copy learns at rates that rise, until its loss soars; the model stays", async () => {
  await tf.setBackend("cpu");
  const model = toyModel(), before = await model.snapshot();
  const tensors = tf.memory().numTensors;
  const steps: [number, number][] = [];
  const { rates, losses, suggested } = await testRates(model, new ToyLoader(30, 4, 100), {
    recipe: { ...RECIPE, optimizer: "sgd", momentum: 0, earliestRate: 1 },
    onStep: (done, of) => steps.push([done, of]),
  });
  assert.deepEqual(await model.snapshot(), before);
  assert.equal(tf.memory().numTensors, tensors, "tensors leaked");
  assert.deepEqual(steps, losses.map((_, i) => [i + 1, 100]));
  rates.forEach((rate, i) => assert.ok(Math.abs(rate / (1e-7 * 10 ** (8 * i / 100)) - 1) < 1e-9));
  // At 1e-7 and 1e-6 nothing moves: the mean of the losses is the loss of the model as it is.
  assert.ok(Math.abs(losses[10] - losses[7]) < 0.05);
  assert.ok(suggested! > 1e-4 && suggested! < 10, `${suggested}`);
  assert.ok(Math.min(...losses) < losses[0] - 0.02, "in between the loss falls");
  model.dispose();
});

Deno.test("it ends when the loss is four times the lowest", async () => {
  await tf.setBackend("cpu");
  // Right about everything, and so sure that any larger step makes it very wrong.
  const model = toyModel([-9, 9, 0, 0, 0, 0]);
  const { losses } = await testRates(model, new ToyLoader(8, 4, 100), {
    recipe: { ...RECIPE, optimizer: "adamw", lr: 1 },
  });
  const lowestUntil = (i: number) => Math.min(...losses.slice(0, i + 1));
  const soared = losses.findIndex((loss, i) => loss > 4 * lowestUntil(i));
  assert.ok(losses.length < 100);
  assert.equal(soared, losses.length - 1);
  model.dispose();
});

Deno.test("an interruption ends it", async () => {
  await tf.setBackend("cpu");
  const model = toyModel();
  await assert.rejects(
    testRates(model, new ToyLoader(8, 4, 100), {
      recipe: RECIPE,
      signal: AbortSignal.abort(new Error("stop")),
    }),
    /stop/,
  );
  model.dispose();
});
