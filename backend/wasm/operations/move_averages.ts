import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { AVERAGE_ENTRY_WORDS, Kernel, writeAverageEntry } from "../generated_abi.ts";
import { entryTable } from "./entries.ts";

/** One kernel call for all tensors; writes the averages in place. */
export function moveAverages(
  backend: WasmBackend,
  averages: tf.TensorInfo[],
  values: tf.TensorInfo[],
  decay: number,
): void {
  const pointers = averages.map((average, i) => ({
    values: backend.dataOf(values[i]).pointer,
    average: backend.dataOf(average).writablePointer(),
  }));
  const { table, entries } = entryTable(
    backend,
    averages,
    AVERAGE_ENTRY_WORDS,
    (memory, at, i, offset, count) =>
      writeAverageEntry(memory, at, {
        average: pointers[i].average + offset,
        values: pointers[i].values + offset,
        count,
      }),
  );
  backend.pool.run(Kernel.moveAverages, entries, 0, { table: table.pointer, share: 1 - decay });
  backend.heap.release(table);
}
