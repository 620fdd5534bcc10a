/** Models that nobody trained, small photos for them, and what our own engine says of these. */
import * as tf from "@tensorflow/tfjs";
import { activateBackend } from "../../backend/activate.ts";
import { hashTensor } from "../../bench/certify/hash_numbers.ts";
import type { ExportedModel } from "../../export/exported_model.ts";
import { Model } from "../../models/model.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { findArchitecture } from "../../models/registry.ts";
import { convertStateDict } from "../../weights/convert.ts";
import { randomStateDict } from "../models/random_state_dict.ts";

/** Side and number of the photos. */
export const SIDE = 64, PHOTOS = 3;
/** A name that must come out of every format as it went in. */
export const CLASSES = ["ants", 'bees "2" <b>', "ça | va"];

/** A random model of three classes, as an export is given it. */
export function randomModel(name: string): ExportedModel {
  const architecture = findArchitecture(name);
  const stateDict = randomStateDict(architecture, CLASSES.length);
  return {
    description: {
      schema: 2,
      architecture: name,
      classes: CLASSES,
      preprocessing: { ...architecture.preprocessing, size: SIDE },
      pretrained: { origin: "nowhere", sha256: "", licence: "MIT" },
      temperature: 1.25,
    },
    parameters: convertStateDict(stateDict, parameterSpecs(architecture, CLASSES.length)),
    // Other programs must pass over it.
    outOfDistribution: { references: { data: hashTensor(7, [40], 1), size: 8 }, threshold: 0.1 },
  };
}

/** [photos, side, side, 3], as preprocessing leaves them. */
export function randomPhotos(): Float32Array<ArrayBuffer> {
  return hashTensor(1000, [PHOTOS, SIDE, SIDE, 3], 2);
}

/** Logits [photos, classes] by our own engine. */
export async function ownLogits({ description, parameters }: ExportedModel): Promise<number[]> {
  await activateBackend("wasm");
  const model = new Model(
    findArchitecture(description.architecture),
    CLASSES.length,
    parameters,
  );
  const logits = tf.tidy(() => model.predict(tf.tensor4d(randomPhotos(), [PHOTOS, SIDE, SIDE, 3])));
  const values = Array.from(await logits.data());
  logits.dispose();
  model.dispose();
  return values;
}
