/**
 * Times one kind of work when asked: a line `train_step 3` on stdin is answered by a JSON list of
 * three durations in ms on stdout. `pytorch_worker.py` answers the same.
 *
 * Arguments: backend (wasm, webgpu, or a stock tfjs backend: cpu, stock-webgpu), model, batch, threads,
 * side of the photos.
 */
import * as tf from "@tensorflow/tfjs";
import { TextLineStream } from "./text_lines.ts";
import { activateBackend } from "../backend/activate.ts";
import {
  dropoutSize,
  findArchitecture,
  Model,
  type NamedTensor,
  parameterSpecs,
} from "../models/mod.ts";
import { type Branch, Sgd, TrainingSteps, trainStep } from "../training/mod.ts";
import { convertStateDict, type Tensor } from "../weights/mod.ts";

const CLASSES = 2;

const [backend, name, batchText, threads, sideText] = Deno.args;
const batch = Number(batchText), SIDE = Number(sideText);
if (backend === "cpu") await tf.setBackend("cpu");
else if (backend === "stock-webgpu") {
  await import("@tensorflow/tfjs-backend-webgpu");
  await tf.setBackend("webgpu");
} else await activateBackend(backend as "wasm" | "webgpu", { threads: Number(threads) });
await tf.ready();

const found = findArchitecture(name);
const architecture = { ...found, preprocessing: { ...found.preprocessing, size: SIDE } };
const model = new Model(architecture, CLASSES, randomParameters());
const optimizers: Record<Branch, Sgd> = {
  finetune: new Sgd(model.trainable("all"), 0.9),
  frozen: new Sgd(model.trainable("head"), 0.9),
};
const photos = randomPhotos(batch), photo = randomPhotos(1);
const classes = Int32Array.from({ length: batch }, (_, i) => i % CLASSES);
const labels = tf.tensor1d(classes, "int32");
const pixels = await photos.data<"float32">();
const noise = new Float64Array(batch * dropoutSize(architecture));
const ones = (shape: number[]) => tf.ones(shape);
const replayed: Partial<Record<Branch, TrainingSteps>> = {};

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
  if (backend === "webgpu") return await replayedStep(branch);
  const { loss, logits } = trainStep(model, branch, optimizers[branch], 1e-3, photos, labels, ones);
  await loss.data();
  tf.dispose([loss, logits]);
}

/** As the training loop does it, but waiting for each step's loss. */
async function replayedStep(branch: Branch): Promise<void> {
  const steps = replayed[branch] ??= new TrainingSteps(model, branch, optimizers[branch]);
  await steps.train({ images: pixels, labels: classes, indices: [], noise }, 1e-3);
  await steps.finish();
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
