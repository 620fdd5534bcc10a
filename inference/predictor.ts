/** A model's answer to crops of photos: in this process, or in others beside it. */
import * as tf from "@tensorflow/tfjs";
import { normalizer } from "../data/transforms.ts";
import type { Preprocessing } from "../models/architecture.ts";
import type { Model } from "../models/model.ts";

/** What a model says of a photo. */
export interface Answer {
  logits: number[];
  /** What its last layer was given. */
  features: Float32Array;
}

/** Answers crops of [size, size, 3] bytes, in their order. */
export type JudgeCrops = (crops: Uint8Array[]) => Promise<Answer[]>;

/** Asks a model that the active backend holds. */
export function judgeHere(model: Model, preprocessing: Preprocessing): JudgeCrops {
  const { size } = preprocessing;
  const normalize = normalizer(preprocessing);
  const length = size * size * 3;
  return (crops) => {
    const input = new Float32Array(crops.length * length);
    crops.forEach((crop, i) => normalize(crop, input.subarray(i * length, (i + 1) * length)));
    return model.judge(tf.tensor4d(input, [crops.length, size, size, 3]));
  };
}
