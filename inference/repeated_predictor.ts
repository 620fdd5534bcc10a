import type * as tf from "@tensorflow/tfjs";
import { type RepeatedStep, repeatStep } from "../backend/repeat.ts";
import type { Preprocessing } from "../models/architecture.ts";
import type { Model } from "../models/model.ts";
import { PartsThatFit } from "./in_parts.ts";
import type { Output, Predictor } from "./predictor.ts";
import { valuesOfCrops } from "./tensor_of_crops.ts";

/**
 * Asks a model that the active backend holds, for as long as the process lasts: what batches of one
 * size take is the same computation each time, which the backend may record and replay.
 */
export function repeatedPredictorOf(model: Model, preprocessing: Preprocessing): Predictor {
  const steps = new Map<number, RepeatedStep<Float32Array>>();
  const parts = new PartsThatFit();
  return (crops) => parts.answerAll(crops.length, (from, to) => answer(crops.slice(from, to)));

  async function answer(crops: readonly Uint8Array[]): Promise<Output[]> {
    const count = crops.length;
    const step = steps.get(count) ?? answering(model, count, preprocessing.size);
    steps.set(count, step);
    const come = await step.run(valuesOfCrops(crops, preprocessing)).catch((error) => {
      // What it holds of the GPU's memory the next one may need.
      step.dispose();
      steps.delete(count);
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

function answering(model: Model, count: number, size: number): RepeatedStep<Float32Array> {
  return repeatStep((input) => {
    const images = input([count, size, size, 3], "float32", (values) => values) as tf.Tensor4D;
    const features = model.features(images);
    return [model.classifier(features), features];
  });
}
