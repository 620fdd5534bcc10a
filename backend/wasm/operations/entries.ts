/** Many tensors as one table of entries, each some values of one tensor: a chunk for every entry. */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import type { Block } from "../heap.ts";

/** Floats that a thread streams through in some tens of microseconds. */
const VALUES_PER_CHUNK = 16384;

interface TableMemory {
  words: Int32Array;
  floats: Float32Array;
}

/**
 * @param words of an entry
 * @param write an entry, from word `at` on, for `count` values of tensor `i` from byte `offset` on
 * @returns the table, which the caller releases, and its number of entries
 */
export function entryTable(
  backend: WasmBackend,
  tensors: readonly tf.TensorInfo[],
  words: number,
  write: (memory: TableMemory, at: number, i: number, offset: number, count: number) => void,
): { table: Block; entries: number } {
  const sizes = tensors.map((tensor) => backend.dataOf(tensor).size);
  const entries = sizes.reduce((sum, size) => sum + Math.ceil(size / VALUES_PER_CHUNK), 0);
  const buffer = new ArrayBuffer(4 * words * entries);
  const memory = { words: new Int32Array(buffer), floats: new Float32Array(buffer) };
  let at = 0;
  sizes.forEach((size, i) => {
    for (let first = 0; first < size; first += VALUES_PER_CHUNK, at += words) {
      write(memory, at, i, 4 * first, Math.min(VALUES_PER_CHUNK, size - first));
    }
  });
  return { table: backend.heap.storeIntegers(memory.words), entries };
}
