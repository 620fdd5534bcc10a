import * as tf from "@tensorflow/tfjs";
import { allocateForParts, dispatch, type Kernel, spread } from "../dispatch.ts";
import source from "../kernels/add.wgsl" with { type: "text" };
import { byPhotos } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { vectorType, vectorWidth } from "../tiling.ts";

const kernel: Kernel = { name: "add", source };

/**
 * a + b, as tfjs sums the gradients of what is read twice; unlike its own program it may run beside
 * others. Undefined where the stock kernel must serve.
 */
export function add(
  backend: TfjsWebGpuBackend,
  { a, b }: Record<"a" | "b", tf.TensorInfo>,
): tf.TensorInfo | undefined {
  const size = tf.util.sizeFromShape(a.shape);
  if (!tf.util.arraysEqual(a.shape, b.shape) || size === 0) return undefined;
  if (backend.shouldExecuteOnCPU([a, b])) return undefined;
  return sumOf(backend, a, b);
}

/** a + b, of equal shapes. */
export function sumOf(
  backend: TfjsWebGpuBackend,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
): tf.TensorInfo {
  const y = allocateForParts(backend, a.shape);
  byPhotos(backend, [a, b, y], (...tensors) => {
    const size = tf.util.sizeFromShape(tensors[0].shape), width = vectorWidth(size);
    const groups = spread(Math.ceil(size / width / 64));
    const constants = { T: vectorType(width), SIZE: size / width, GROUPS_X: groups[0] };
    dispatch(backend, kernel, constants, tensors, groups);
  });
  return y;
}
