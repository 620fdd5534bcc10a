/** A model's outputs for crops of photos: in this process, or in others beside it. */
import type { Preprocessing } from "../models/architecture.ts";
import type { Model } from "../models/model.ts";
import { PartsThatFit } from "./in_parts.ts";
import { tensorOfCrops } from "./tensor_of_crops.ts";

/** What a model says of a photo, before anybody reads it. */
export interface Output {
  logits: number[];
  /** What its last layer was given. */
  features: Float32Array;
}

/** What becomes of a photo. */
export type PhotoOutput = Output | { refusal: string };

/** Answers crops of [size, size, 3] bytes, in their order. */
export type Predictor = (crops: readonly Uint8Array[]) => Promise<Output[]>;

/** Asks a model that the active backend holds. */
export function predictorOf(model: Model, preprocessing: Preprocessing): Predictor {
  const parts = new PartsThatFit();
  return (crops) =>
    parts.answerAll(
      crops.length,
      (from, to) => model.outputs(tensorOfCrops(crops.slice(from, to), preprocessing)),
    );
}
