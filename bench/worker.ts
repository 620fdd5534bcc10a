/**
 * Times one kind of work when asked: a line `train_step 3` on stdin is answered by a JSON list of
 * three durations in ms on stdout. `pytorch_worker.py` answers the same.
 *
 * Arguments: backend (wasm, webgpu, or a stock tfjs backend: cpu, stock-webgpu), model, batch, threads.
 */
import * as tf from "@tensorflow/tfjs";
import { TextLineStream } from "./text_lines.ts";
import { activateBackend } from "../backend/activate.ts";
import { findArchitecture, Model, type NamedTensor, parameterSpecs } from "../models/mod.ts";
import { type Branch, Sgd, trainStep } from "../training/mod.ts";
import { convertStateDict, type Tensor } from "../weights/mod.ts";

const CLASSES = 2;
const SIDE = 224;

const [backend, name, batchText, threads] = Deno.args;
const batch = Number(batchText);
if (backend === "cpu") await tf.setBackend("cpu");
else if (backend === "stock-webgpu") {
  await import("@tensorflow/tfjs-backend-webgpu");
  await tf.setBackend("webgpu");
} else await activateBackend(backend as "wasm" | "webgpu", { threads: Number(threads) });
await tf.ready();

const architecture = findArchitecture(name);
const model = new Model(architecture, CLASSES, randomParameters());
const optimizers: Record<Branch, Sgd> = {
  finetune: new Sgd(model.trainable("all"), 0.9),
  frozen: new Sgd(model.trainable("head"), 0.9),
};
const photos = randomPhotos(batch), photo = randomPhotos(1);
const labels = tf.tensor1d(Array.from({ length: batch }, (_, i) => i % CLASSES), "int32");

const WORK: Record<string, () => Promise<unknown>> = {
  train_step: () => step("finetune"),
  frozen_step: () => step("frozen"),
  [`infer_batch_${batch}`]: () => infer(photos),
  infer_batch_1: () => infer(photo),
};

for await (const line of Deno.stdin.readable.pipeThrough(new TextLineStream())) {
  const [what, count] = line.split(" ");
  const times: number[] = [];
  for (let i = 0; i < Number(count); i++) {
    const start = performance.now();
    await WORK[what]();
    times.push(performance.now() - start);
  }
  console.log(JSON.stringify(times));
}
Deno.exit(0);

async function step(branch: Branch): Promise<void> {
  const { loss, logits } = trainStep(model, branch, optimizers[branch], 1e-3, photos, labels, 0);
  await loss.data();
  tf.dispose([loss, logits]);
}

async function infer(input: tf.Tensor4D): Promise<void> {
  const logits = model.predict(input);
  await logits.data();
  logits.dispose();
}

function randomPhotos(count: number): tf.Tensor4D {
  return tf.randomNormal([count, SIDE, SIDE, 3], 0, 1, "float32", 1);
}

/** Sizes as in a fresh torch model: He-normal weights, unit batch norm. */
function randomParameters(): Map<string, NamedTensor> {
  const specs = parameterSpecs(architecture, CLASSES);
  const stateDict = new Map(specs.map(({ name, shape, kind }, i): [string, Tensor] => {
    const data = new Float32Array(tf.util.sizeFromShape(shape));
    if (kind === "vector") data.fill(/(weight|running_var)$/.test(name) ? 1 : 0);
    else {
      const fanIn = data.length / shape[0];
      const values = tf.randomNormal([data.length], 0, Math.sqrt(2 / fanIn), "float32", i);
      data.set(values.dataSync());
      values.dispose();
    }
    return [name, { dtype: "float32", shape, data }];
  }));
  return convertStateDict(stateDict, specs);
}
