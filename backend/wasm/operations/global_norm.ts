import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel, VALUES_ENTRY_WORDS, writeValuesEntry } from "../generated_abi.ts";
import { entryTable } from "./entries.ts";

/** The Euclidean norm of all values of all tensors; the chunks' sums are added in their order. */
export function globalNorm(backend: WasmBackend, tensors: tf.TensorInfo[]): tf.TensorInfo {
  const { heap, pool } = backend;
  const pointers = tensors.map((tensor) => backend.dataOf(tensor).pointer);
  const { table, entries } = entryTable(
    backend,
    tensors,
    VALUES_ENTRY_WORDS,
    (memory, at, i, offset, count) =>
      writeValuesEntry(memory, at, { values: pointers[i] + offset, count }),
  );
  const sums = heap.allocate(2 * entries);
  pool.run(Kernel.sumSquares, entries, 0, { table: table.pointer, sums: sums.pointer });
  const norm = backend.allocateTensor([]), { block } = norm.data;
  pool.host(() => {
    const words = heap.floats(sums, 2 * entries);
    const total = new Float64Array(words.buffer, words.byteOffset, entries)
      .reduce((sum, value) => sum + value, 0);
    heap.floats(block, 1)[0] = Math.sqrt(total);
  });
  heap.release(table);
  heap.release(sums);
  return norm.info;
}
