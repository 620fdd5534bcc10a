import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel, SGD_ENTRY_WORDS, writeSgdEntry } from "../generated_abi.ts";
import { entryTable } from "./entries.ts";

/** One kernel call for all parameters; writes parameters and buffers in place. */
export function sgdMomentum(
  backend: WasmBackend,
  parameters: tf.TensorInfo[],
  gradients: tf.TensorInfo[],
  buffers: tf.TensorInfo[],
  lr: tf.TensorInfo,
  momentum: number,
): void {
  const rate = backend.dataOf(lr).pointer;
  const pointers = parameters.map((parameter, i) => ({
    gradient: backend.dataOf(gradients[i]).pointer,
    buffer: backend.dataOf(buffers[i]).writablePointer(),
    parameter: backend.dataOf(parameter).writablePointer(),
  }));
  const { table, entries } = entryTable(
    backend,
    parameters,
    SGD_ENTRY_WORDS,
    (memory, at, i, offset, count) =>
      writeSgdEntry(memory, at, {
        parameter: pointers[i].parameter + offset,
        buffer: pointers[i].buffer + offset,
        gradient: pointers[i].gradient + offset,
        count,
      }),
  );
  backend.pool.run(Kernel.sgd, entries, 0, {
    table: table.pointer,
    lr: rate,
    momentum,
  });
  backend.heap.release(table);
}
