/** Products of two matrices, one of them transposed at most. */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import type { TensorData } from "../tensor_data.ts";
import { Kernel } from "../generated_abi.ts";
import { evenly } from "../partition.ts";
import { packedLayout, packWeights } from "./pack.ts";
import { multiplyRows, multiplyTransposedRows, type ProductRows } from "./product.ts";

/** A photo or some. */
const MOST_FEW_ROWS = 8;
const FEWEST_WEIGHTS = 4096;

export interface Matrix {
  data: TensorData;
  rows: number;
  columns: number;
}

/** a·b, or a·bᵀ. */
export function matMul(
  backend: WasmBackend,
  a: Matrix,
  b: Matrix,
  transposeB: boolean,
  outShape: number[],
): tf.TensorInfo {
  const output = backend.allocateTensor(outShape);
  const columns = transposeB ? b.rows : b.columns;
  if (multiplyFewRows(backend, a, b, transposeB, output.data, columns)) return output.info;
  const weights = packWeights(backend, b.data, {
    taps: [0],
    K: a.columns,
    N: columns,
    transposed: transposeB,
  });
  const rows = rowsOf(a);
  multiplyRows(backend, rows, weights, { block: output.data.block, columns });
  backend.heap.release(weights.block);
  return output.info;
}

/**
 * Of few rows packing the weights would be most of the work. False where there are many, or where
 * weights that did not change are packed already, or had better be for the next time.
 */
function multiplyFewRows(
  backend: WasmBackend,
  a: Matrix,
  b: Matrix,
  transposed: boolean,
  out: TensorData,
  columns: number,
): boolean {
  const { rows, columns: K } = a;
  if (rows > MOST_FEW_ROWS || columns % 8 !== 0 || K * columns < FEWEST_WEIGHTS) return false;
  const layout = packedLayout(backend, { taps: [0], K, N: columns, transposed });
  if (b.data.packed.has(layout) || b.data.isSettled(layout)) return false;
  const { chunks, perChunk } = evenly(columns, columns / 16, 16);
  backend.pool.run(Kernel.fewRows, chunks, 16 * K, {
    a: a.data.pointer,
    weights: b.data.pointer,
    transposed: transposed ? 1 : 0,
    out: out.pointer,
    rows,
    K,
    N: columns,
    columnsPerChunk: perChunk,
    wide: backend.wide,
  });
  return true;
}

/** aᵀ·b */
export function matMulTransposedA(
  backend: WasmBackend,
  a: Matrix,
  b: Matrix,
  outShape: number[],
): tf.TensorInfo {
  const output = backend.allocateTensor(outShape);
  const rows = rowsOf(a);
  multiplyTransposedRows(backend, rows, b.data, b.columns, output.data);
  return output.info;
}

function rowsOf({ data, rows, columns }: Matrix): ProductRows {
  return { kind: "rows", source: data, rows, K: columns };
}
