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
  const values = new Float32Array(crops.length * size * size * 3);
  cropNormalizer(preprocessing)(crops, values);
  return tf.tensor4d(values, [crops.length, size, size, 3]);
}

/** @returns a function that writes the values of such a tensor */
export function cropNormalizer(
  { size, mean, std }: Preprocessing,
): (crops: readonly Uint8Array[], values: Float32Array) => void {
  const normalize = normalizer({ mean, std });
  const length = size * size * 3;
  return (crops, values) => {
    crops.forEach((crop, i) => normalize(crop, values.subarray(i * length, (i + 1) * length)));
  };
}
