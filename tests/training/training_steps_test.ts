import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { type FinishedStep, TrainingSteps } from "../../training/training_steps.ts";
import { Sgd } from "../../training/sgd.ts";
import { WEBGPU } from "../backend/webgpu/subject.ts";
import { ToyLoader, toyModel } from "./toy.ts";

/** Four epochs of three batches, the last of which is smaller, and a phase of single photos. */
async function stepsOn(backend: string): Promise<FinishedStep[]> {
  await tf.setBackend(backend);
  const model = toyModel(), optimizer = new Sgd(model.trainable("all"), 0.9);
  const steps = new TrainingSteps(model, "finetune", optimizer);
  const finished: FinishedStep[] = [];
  let begun = 0;
  for (let epoch = 0; epoch < 4; epoch++) {
    // As in a test of rates, epochs follow each other without a wait between them.
    for await (const batch of new ToyLoader(10, 4, 100)) {
      finished.push(...await steps.train(batch, 0.1, begun++));
    }
  }
  finished.push(...await steps.finish());
  assert.equal(finished.length, begun, "finish waits for all");
  for await (const batch of new ToyLoader(3, 1, 7)) {
    finished.push(...await steps.validate(batch));
  }
  finished.push(...await steps.finish());
  assert.deepEqual(await steps.finish(), []);
  steps.dispose();
  optimizer.dispose();
  model.dispose();
  return finished;
}

WEBGPU.test("steps of several sizes finish in the order in which they were begun", async () => {
  const [cpu, webgpu] = [await stepsOn("cpu"), await stepsOn("webgpu")];
  const epoch = ["0,1,2,3", "4,5,6,7", "8,9"];
  const order = [...epoch, ...epoch, ...epoch, ...epoch, "0", "1", "2"];
  for (const finished of [cpu, webgpu]) {
    assert.deepEqual(finished.map(({ batch }) => batch.indices.join()), order);
  }
  cpu.forEach(({ loss, logits }, i) => {
    assert.ok(Math.abs(webgpu[i].loss - loss) < 1e-5, `loss of step ${i}`);
    assert.equal(webgpu[i].logits.length, logits.length);
  });
});
