/**
 * Trains stock models when asked: a line `cnn 3` on stdin is answered by the times, in ms, of three
 * steps of it, and `cnn_losses 3` by the losses of three steps of a fresh one.
 *
 * Arguments: backend (wasm, webgpu, or a stock tfjs backend: cpu, stock-webgpu), batch, side, threads.
 */
import { stdin } from "node:process";
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs";
import { activateForBench } from "./activate_for_bench.ts";
import { STOCK_MODELS } from "./stock_models.ts";

const [backend, batchText, sideText, threads] = Deno.args;
const batch = Number(batchText), side = Number(sideText);
await activateForBench(backend, Number(threads));

const photos = tf.randomNormal([batch, side, side, 3], 0, 1, "float32", 1);
const labels = tf.oneHot(
  tf.tensor1d(Array.from({ length: batch }, (_, i) => i % 10), "int32"),
  10,
);
const models = new Map<string, tf.Sequential>();

for await (const line of createInterface({ input: stdin })) {
  const [what, count] = line.split(" ");
  const name = what.replace(/_losses$/, ""), isAboutLosses = name !== what;
  const model = isAboutLosses ? create(name) : models.get(name) ?? create(name);
  models.set(name, model);
  const answers: number[] = [];
  for (let i = 0; i < Number(count); i++) {
    const start = performance.now();
    const loss = await model.trainOnBatch(photos, labels) as number;
    answers.push(isAboutLosses ? loss : performance.now() - start);
  }
  console.log(JSON.stringify(answers));
}
Deno.exit(0);

function create(name: string): tf.Sequential {
  const model = STOCK_MODELS[name](side);
  model.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: "categoricalCrossentropy" });
  return model;
}
