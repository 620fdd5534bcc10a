import type * as tf from "@tensorflow/tfjs";
import { dispatch, keepOnlyOnGpu, type Kernel } from "../dispatch.ts";
import source from "../kernels/sgd_momentum.wgsl" with { type: "text" };
import { severalAtATime } from "./several.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";

const kernel: Kernel = { name: "sgd_momentum", source };

/**
 * Writes parameters and buffers in place, as many of them in one dispatch as the device lets a
 * kernel have bindings. Clones of a parameter share its values, the new ones too.
 */
export function sgdMomentum(
  backend: TfjsWebGpuBackend,
  parameters: tf.TensorInfo[],
  gradients: tf.TensorInfo[],
  buffers: tf.TensorInfo[],
  lr: tf.TensorInfo,
  momentum: number,
): void {
  keepOnlyOnGpu(backend, ...parameters, ...buffers);
  for (const { from, count, constants, groups } of severalAtATime(backend, parameters, 3, 1)) {
    const tensors = Array.from(
      { length: count },
      (_, i) => [gradients[from + i], parameters[from + i], buffers[from + i]],
    );
    dispatch(
      backend,
      kernel,
      { MOMENTUM: momentum, ...constants },
      [lr, ...tensors.flat()],
      groups,
    );
  }
}
