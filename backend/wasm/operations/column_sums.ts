/** Sums over all rows of what each channel has one of. */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../generated_abi.ts";
import { elementChunks } from "../partition.ts";
import { sumParts } from "./product.ts";

/** Σ x, or Σ x·y: [..., channels] to [channels]. */
export function columnSums(
  backend: WasmBackend,
  { x, y }: { x: tf.TensorInfo; y?: tf.TensorInfo },
): tf.TensorInfo {
  const { heap, pool } = backend;
  const data = backend.dataOf(x), columns = x.shape.at(-1)!, rows = data.size / columns;
  const [xPointer, yPointer] = [data.pointer, y ? backend.dataOf(y).pointer : 0];
  const output = backend.allocateTensor([columns]);
  const { chunks, perChunk } = elementChunks(rows, columns);
  const parts = chunks === 1 ? output.data.block : heap.allocate(chunks * columns);
  pool.run(Kernel.columnSums, chunks, 0, {
    x: xPointer,
    y: yPointer,
    parts: parts.pointer,
    rows,
    columns,
    rowsPerChunk: perChunk,
  });
  if (chunks > 1) {
    sumParts(backend, parts, chunks, 1, columns, columns, output.data);
    heap.release(parts);
  }
  return output.info;
}
