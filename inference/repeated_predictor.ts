import type * as tf from "@tensorflow/tfjs";
import { type RepeatedStep, repeatStep } from "../backend/repeat.ts";
import type { Preprocessing } from "../models/architecture.ts";
import type { Model } from "../models/model.ts";
import { PartsThatFit } from "./in_parts.ts";
import type { Output, Predictor } from "./predictor.ts";
import { cropNormalizer } from "./tensor_of_crops.ts";

/**
 * Asks a model that the active backend holds, for as long as the process lasts: what batches of one
 * size take is the same computation each time, which the backend may record and replay.
 */
export function repeatedPredictorOf(model: Model, preprocessing: Preprocessing): Predictor {
  const normalize = cropNormalizer(preprocessing);
  const { size } = preprocessing;
  const batches = new Map<number, Batch>();
  const parts = new PartsThatFit();
  return (crops) => parts.answerAll(crops.length, (from, to) => answer(crops.slice(from, to)));

  async function answer(crops: readonly Uint8Array[]): Promise<Output[]> {
    const count = crops.length;
    let batch = batches.get(count);
    if (!batch) {
      const values = new Float32Array(count * size * size * 3);
      batches.set(count, batch = { values, step: answering(model, count, size) });
    }
    const { step, values } = batch;
    normalize(crops, values);
    const come = await step.run(values).catch((error) => {
      // What it holds of the GPU's memory the next one may need.
      step.dispose();
      batches.delete(count);
      throw error;
    });
    const [{ outputs: [logits, features] }] = come.length > 0 ? come : await step.finish();
    const width = features.length / count;
    return crops.map((_, i) => ({
      logits: Array.from(logits.subarray(i * model.classes, (i + 1) * model.classes)),
      features: features.slice(i * width, (i + 1) * width),
    }));
  }
}

/** Of one size. */
interface Batch {
  step: RepeatedStep<Float32Array>;
  /** Written anew for each: what was answered is not read again. */
  values: Float32Array;
}

function answering(model: Model, count: number, size: number): RepeatedStep<Float32Array> {
  return repeatStep((input) => {
    const images = input([count, size, size, 3], "float32", (values) => values) as tf.Tensor4D;
    const features = model.features(images);
    return [model.classifier(features), features];
  });
}
