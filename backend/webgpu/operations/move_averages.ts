import type * as tf from "@tensorflow/tfjs";
import { dispatch, keepOnlyOnGpu, type Kernel } from "../dispatch.ts";
import source from "../kernels/move_averages.wgsl" with { type: "text" };
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { severalAtATime } from "./several.ts";

const kernel: Kernel = { name: "move_averages", source };

/** Writes the averages in place. */
export function moveAverages(
  backend: TfjsWebGpuBackend,
  averages: tf.TensorInfo[],
  values: tf.TensorInfo[],
  decay: number,
): void {
  keepOnlyOnGpu(backend, ...averages);
  for (const { from, count, constants, groups } of severalAtATime(backend, averages, 2, 0)) {
    const tensors = Array.from({ length: count }, (_, i) => [values[from + i], averages[from + i]]);
    dispatch(backend, kernel, { DECAY: decay, ...constants }, tensors.flat(), groups);
  }
}
