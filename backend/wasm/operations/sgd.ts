import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { floatBits, Kernel } from "../kernel.ts";

const VALUES_PER_CHUNK = 16384;

/** One kernel call for all parameters; writes parameters and buffers in place. */
export function sgdMomentum(
  backend: WasmBackend,
  parameters: tf.TensorInfo[],
  gradients: tf.TensorInfo[],
  buffers: tf.TensorInfo[],
  lr: tf.TensorInfo,
  momentum: number,
): void {
  const entries: number[] = [];
  parameters.forEach((parameter, i) => {
    const gradient = backend.dataOf(gradients[i]).pointer;
    const buffer = backend.dataOf(buffers[i]).writablePointer();
    const data = backend.dataOf(parameter), values = data.writablePointer();
    for (let first = 0; first < data.size; first += VALUES_PER_CHUNK) {
      const offset = first * 4;
      const count = Math.min(VALUES_PER_CHUNK, data.size - first);
      entries.push(values + offset, buffer + offset, gradient + offset, count);
    }
  });
  const table = backend.heap.allocate(entries.length);
  backend.heap.integers(table, entries.length).set(entries);
  backend.pool.run(Kernel.sgd, entries.length / 4, 0, [
    table.pointer,
    floatBits((backend.dataOf(lr).values as Float32Array)[0]),
    floatBits(momentum),
  ]);
  backend.heap.release(table);
}
