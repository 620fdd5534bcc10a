import * as tf from "@tensorflow/tfjs";
import { allocate, dispatch, type Kernel, spread } from "../dispatch.ts";
import source from "../kernels/add.wgsl" with { type: "text" };
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
  const y = allocate(backend, a.shape), width = vectorWidth(size);
  const groups = spread(Math.ceil(size / width / 64));
  const constants = { T: vectorType(width), SIZE: size / width, GROUPS_X: groups[0] };
  dispatch(backend, kernel, constants, [a, b, y], groups);
  return y;
}
