/** Products of two matrices, one of them transposed at most. */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import type { TensorData } from "../tensor_data.ts";
import { packWeights } from "./pack.ts";
import { multiplyRows, multiplyTransposedRows, type ProductRows } from "./product.ts";

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
