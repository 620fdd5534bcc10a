import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel, SGD_ENTRY_WORDS, writeSgdEntry } from "../generated_abi.ts";

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
  const words: number[] = [];
  parameters.forEach((parameter, i) => {
    const gradient = backend.dataOf(gradients[i]).pointer;
    const buffer = backend.dataOf(buffers[i]).writablePointer();
    const data = backend.dataOf(parameter), values = data.writablePointer();
    for (let first = 0; first < data.size; first += VALUES_PER_CHUNK) {
      const offset = first * 4;
      const count = Math.min(VALUES_PER_CHUNK, data.size - first);
      writeSgdEntry({ words }, words.length, {
        parameter: values + offset,
        buffer: buffer + offset,
        gradient: gradient + offset,
        count,
      });
    }
  });
  const table = backend.heap.allocate(words.length);
  backend.heap.integers(table, words.length).set(words);
  backend.pool.run(Kernel.sgd, words.length / SGD_ENTRY_WORDS, 0, {
    table: table.pointer,
    lr: (backend.dataOf(lr).values as Float32Array)[0],
    momentum,
  });
  backend.heap.release(table);
}
