import * as tf from "@tensorflow/tfjs";
import { allocate, dispatch, type Kernel, release, spread } from "../dispatch.ts";
import source from "../kernels/sum_slices.wgsl" with { type: "text" };
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { tilingOf, vectorType, vectorWidth } from "../tiling.ts";

const kernel: Kernel = { name: "sum_slices", source };

/** Adds `slices` partial results in their order, and disposes them. */
export function sumSlices(
  backend: TfjsWebGpuBackend,
  partials: tf.TensorInfo,
  shape: number[],
  slices: number,
): tf.TensorInfo {
  if (slices === 1) return partials;
  const sum = allocate(backend, shape);
  const size = tf.util.sizeFromShape(shape), width = vectorWidth(size);
  const threads = slices > 4 && tilingOf(backend).statisticThreads > 1
    ? { WX: 32, WT: 8 }
    : { WX: 64, WT: 1 };
  const groups = spread(Math.ceil(size / width / threads.WX));
  dispatch(
    backend,
    kernel,
    {
      ...threads,
      T: vectorType(width),
      SIZE: size / width,
      SLICES: slices,
      GROUPS_X: groups[0],
    },
    [partials, sum],
    groups,
  );
  release(backend, partials);
  return sum;
}
