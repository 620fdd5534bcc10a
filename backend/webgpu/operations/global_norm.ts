import type * as tf from "@tensorflow/tfjs";
import { allocate, dispatch, type Kernel, release } from "../dispatch.ts";
import rootSource from "../kernels/root_of_sum.wgsl" with { type: "text" };
import source from "../kernels/sum_squares.wgsl" with { type: "text" };
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { severalAtATime } from "./several.ts";

const sumSquares: Kernel = { name: "sum_squares", source };
const rootOfSum: Kernel = { name: "root_of_sum", source: rootSource };

/** The Euclidean norm of all values of all tensors; no value leaves the GPU. */
export function globalNorm(backend: TfjsWebGpuBackend, tensors: tf.TensorInfo[]): tf.TensorInfo {
  const parts = severalAtATime(backend, tensors, 1, 1);
  const COUNT = parts.reduce((sum, { busy }) => sum + 64 * busy, 0);
  const sums = allocate(backend, [COUNT]), root = allocate(backend, []);
  let OFFSET = 0;
  for (const { from, count, constants, groups, busy } of parts) {
    const values = tensors.slice(from, from + count);
    dispatch(backend, sumSquares, { OFFSET, ...constants }, [sums, ...values], groups);
    OFFSET += 64 * busy;
  }
  dispatch(backend, rootOfSum, { COUNT }, [sums, root], [1]);
  release(backend, sums);
  return root;
}
