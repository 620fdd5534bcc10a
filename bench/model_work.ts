/** The work that is timed: a training step, a frozen step, inference, with random weights. */
import * as tf from "@tensorflow/tfjs";
import { repeatStep } from "../backend/repeat.ts";
import type { Architecture } from "../models/architecture.ts";
import { Model } from "../models/model.ts";
import { dropoutSize, parameterSpecs } from "../models/parameter_specs.ts";
import { findArchitecture } from "../models/registry.ts";
import { Sgd } from "../training/sgd.ts";
import type { RawPhotos } from "../data/batch.ts";
import type { Branch } from "../models/manifest.ts";
import { trainStep } from "../training/train_step.ts";
import { TrainingSteps } from "../training/training_steps.ts";
import { convertStateDict } from "../weights/convert.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import type { Tensor } from "../weights/tensor.ts";

export const CLASSES = 2;

export interface ModelWorkOptions {
  batch: number;
  /** Of the square photos, in pixels. */
  side: number;
  /** Steps, and answers, recorded and replayed where the backend does that. */
  replayed: boolean;
}

/** Does it so many times; milliseconds of each. */
export type Work = (count: number) => Promise<number[]>;

/** Kinds of work by name, on the active backend. */
export function modelWork(
  name: string,
  { batch, side, replayed }: ModelWorkOptions,
): Record<string, Work> {
  const found = findArchitecture(name);
  const architecture = { ...found, preprocessing: { ...found.preprocessing, size: side } };
  // One for each kind: inference keeps packed weights, which training changes.
  const build = () => new Model(architecture, CLASSES, randomParameters(architecture));
  const photos = randomPhotos(batch, side), photo = randomPhotos(1, side);
  const classes = Int32Array.from({ length: batch }, (_, i) => i % CLASSES);
  const labels = tf.tensor1d(classes, "int32");
  const pixels = photos.dataSync<"float32">();
  const noise = new Float64Array(batch * dropoutSize(architecture));
  const dropNothing = (shape: number[]) => tf.ones(shape);

  function step(branch: Branch): Work {
    const model = build();
    const optimizer = new Sgd(model.trainable(branch === "finetune" ? "all" : "head"), 0.9);
    if (replayed) {
      // As the training loop does it: losses come in late, and the last are waited for.
      const steps = new TrainingSteps(model, branch, optimizer);
      const drawn = { images: pixels, labels: classes, indices: [], noise, raw: rawPhotos(pixels) };
      return async (count) => {
        const start = performance.now();
        for (let i = 0; i < count; i++) await steps.train(drawn, 1e-3, 0);
        await steps.finish();
        return Array(count).fill((performance.now() - start) / count);
      };
    }
    return eachTimed(async () => {
      const { loss, logits } = trainStep(
        model,
        branch,
        optimizer,
        1e-3,
        photos,
        labels,
        { dropoutMask: dropNothing },
      );
      await loss.data();
      tf.dispose([loss, logits]);
    });
  }
  const asked = build();
  const infer = (input: tf.Tensor4D) => {
    if (!replayed) {
      return eachTimed(async () => {
        const logits = asked.predict(input);
        await logits.data();
        logits.dispose();
      });
    }
    // As processes answer it that were asked before.
    const values = input.dataSync<"float32">();
    const step = repeatStep<Float32Array>((take) => [
      asked.predict(take(input.shape, "float32", (values) => values) as tf.Tensor4D),
    ]);
    return eachTimed(async () => {
      const come = await step.run(values);
      if (come.length === 0) await step.finish();
    });
  };
  return {
    train_step: step("finetune"),
    frozen_step: step("frozen"),
    [`infer_batch_${batch}`]: infer(photos),
    infer_batch_1: infer(photo),
  };
}

function eachTimed(work: () => Promise<void>): Work {
  return async (count) => {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      await work();
      times.push(performance.now() - start);
    }
    return times;
  };
}

/** As many bytes, for a backend that normalises photos itself. */
function rawPhotos({ length }: Float32Array): RawPhotos {
  return {
    bytes: Uint8Array.from({ length }, (_, i) => i * 37 + (i >> 8) * 101),
    table: Float32Array.from({ length: 3 * 256 }, (_, i) => (i & 255) / 64 - 2),
  };
}

function randomPhotos(count: number, side: number): tf.Tensor4D {
  return tf.randomNormal([count, side, side, 3], 0, 1, "float32", 1);
}

/** In tfjs layout, as `randomStateDict`. */
export function randomParameters(architecture: Architecture): Map<string, NamedTensor> {
  return convertStateDict(randomStateDict(architecture), parameterSpecs(architecture, CLASSES));
}

/** As a fresh torch model of two classes: He-normal weights, unit batch norm. */
export function randomStateDict(architecture: Architecture): Map<string, Tensor> {
  const specs = parameterSpecs(architecture, CLASSES);
  return new Map(specs.map(({ name, shape, kind, constant }, i): [string, Tensor] => {
    const data = new Float32Array(tf.util.sizeFromShape(shape));
    if (constant) data.set(constant);
    else if (kind === "vector") data.fill(/(weight|running_var)$/.test(name) ? 1 : 0);
    else {
      const fanIn = data.length / shape[0];
      // Seed 0 would mean any: https://js.tensorflow.org/api/4.22.0/#randomNormal
      const values = tf.randomNormal([data.length], 0, Math.sqrt(2 / fanIn), "float32", i + 1);
      data.set(values.dataSync());
      values.dispose();
    }
    return [name, { dtype: "float32", shape, data }];
  }));
}
