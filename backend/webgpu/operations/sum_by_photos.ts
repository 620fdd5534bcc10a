import type * as tf from "@tensorflow/tfjs";
import { release } from "../dispatch.ts";
import { byPhotos, type Part } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { sumOf } from "./add.ts";

/**
 * What is a sum over all photos, as a filter's gradient, by as many of them at a time as can be bound.
 * @param compute of those parts; owns what it returns
 */
export function sumByPhotos(
  backend: TfjsWebGpuBackend,
  tensors: readonly tf.TensorInfo[],
  compute: (...parts: Part[]) => tf.TensorInfo,
): tf.TensorInfo {
  let sum: tf.TensorInfo | undefined;
  byPhotos(backend, tensors, (...parts) => {
    const own = compute(...parts), before = sum;
    sum = before ? sumOf(backend, before, own) : own;
    if (before) release(backend, before, own);
  });
  return sum!;
}
