import * as tf from "@tensorflow/tfjs";
import { normalizer } from "../data/transforms.ts";
import type { Preprocessing } from "../models/architecture.ts";

/**
 * Crops as a network takes them.
 * @param crops [size, size, 3] bytes each
 * @returns float32 [crops, size, size, 3], normalised; the caller disposes it
 */
export function tensorOfCrops(
  crops: readonly Uint8Array[],
  preprocessing: Preprocessing,
): tf.Tensor4D {
  const { size } = preprocessing;
  return tf.tensor4d(valuesOfCrops(crops, preprocessing), [crops.length, size, size, 3]);
}

/** The values of such a tensor. */
export function valuesOfCrops(
  crops: readonly Uint8Array[],
  { size, mean, std }: Preprocessing,
): Float32Array {
  const normalize = normalizer({ mean, std });
  const length = size * size * 3;
  const values = new Float32Array(crops.length * length);
  crops.forEach((crop, i) => normalize(crop, values.subarray(i * length, (i + 1) * length)));
  return values;
}
