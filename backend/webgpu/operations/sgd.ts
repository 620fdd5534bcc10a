import * as tf from "@tensorflow/tfjs";
import { dispatch, keepOnlyOnGpu, type Kernel, spread } from "../dispatch.ts";
import source from "../kernels/sgd_momentum.wgsl" with { type: "text" };
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";

const kernel: Kernel = { name: "sgd_momentum", source };

const VALUES_PER_THREAD = 16;

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
  const perDispatch = Math.floor((backend.device.limits.maxStorageBuffersPerShaderStage - 1) / 3);
  for (let from = 0; from < parameters.length; from += perDispatch) {
    const sizes = parameters.slice(from, from + perDispatch)
      .map(({ shape }) => tf.util.sizeFromShape(shape));
    const firstGroups = [0];
    for (const size of sizes) {
      firstGroups.push(firstGroups.at(-1)! + Math.ceil(size / (64 * VALUES_PER_THREAD)));
    }
    const groups = spread(firstGroups.at(-1)!);
    dispatch(
      backend,
      kernel,
      {
        MOMENTUM: momentum,
        SIZE: sizes,
        FIRST: firstGroups,
        GROUPS_X: groups[0],
        PER_THREAD: VALUES_PER_THREAD,
      },
      [
        lr,
        ...sizes.flatMap((_, i) => [gradients[from + i], parameters[from + i], buffers[from + i]]),
      ],
      groups,
    );
  }
}
