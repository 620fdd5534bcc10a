import * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../generated_abi.ts";

/** Values that one thread sums while the others would hardly have begun. */
const MOST_VALUES = 16384;

/**
 * Sum over the first dimension of a small matrix, as stock tfjs computes it to the bit: the gradient
 * of a head's bias. Without it JavaScript would wait for all kernels before. Undefined for others.
 */
export function sum(
  backend: WasmBackend,
  { x }: { x: tf.TensorInfo },
  { axis, keepDims }: { axis: number | number[]; keepDims: boolean },
): tf.TensorInfo | undefined {
  const axes = tf.util.parseAxisParam(axis, x.shape);
  if (keepDims || x.dtype !== "float32" || x.shape.length !== 2 || axes.join() !== "0") {
    return undefined;
  }
  const [rows, columns] = x.shape;
  if (rows * columns === 0 || rows * columns > MOST_VALUES) return undefined;
  const from = backend.dataOf(x).pointer;
  const output = backend.allocateTensor([columns]);
  backend.pool.run(Kernel.sumRows, 1, 0, { x: from, out: output.data.pointer, rows, columns });
  return output.info;
}
