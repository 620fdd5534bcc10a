/** Products of 16-bit integers: weights and rows that are to be multiplied so. */
import * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { type GatherRecord, INTEGER_ROWS, Kernel, type SourceRecord } from "../generated_abi.ts";
import type { Block } from "../heap.ts";
import { elementChunks } from "../partition.ts";
import type { TensorData } from "../tensor_data.ts";
import { keepPacked, type PackedWeights } from "./pack.ts";

/** Columns up to which making integers of rows takes what multiplying them saves. */
const FEWEST_COLUMNS = 48;

/**
 * Whether a product [rows, K]·[K, N] is to be one of integers: where that is asked for, and no
 * gradient will be computed of it.
 */
export function suitsIntegers(
  backend: WasmBackend,
  { K, N }: { K: number; N: number },
): boolean {
  return backend.precision === "int16" && tf.engine().state.gradientDepth === 0 &&
    N >= FEWEST_COLUMNS && N % 8 === 0 && K >= 16 && K % 8 === 0;
}

/** Weights [K, N], as kernels/integer_weights.ts lays them out. The caller releases the block. */
export function packIntegers(
  backend: WasmBackend,
  weights: TensorData,
  { K, N }: { K: number; N: number },
): PackedWeights {
  const pack = () => {
    const packed = backend.heap.allocate(N + K * N / 2);
    backend.pool.run(Kernel.integerWeights, Math.ceil(N / 16), 0, {
      source: weights.pointer,
      packed: packed.pointer,
      K,
      N,
    });
    return { block: packed, wide: 1 as const };
  };
  // Its panels are wide, whichever suit floats.
  return { ...keepPacked(backend, weights, `int16 ${K} ${N}`, pack), wide: 1, integers: true };
}

/** What rows are made integers of: a tensor, or pixels gathered by runs of taps. */
export interface FloatRows {
  source: SourceRecord;
  gather: GatherRecord;
  /** 0 where rows are not gathered. */
  runs: number;
  rows: number;
  K: number;
}

/** Rows as integers, and where their units lie. The caller releases the block. */
export function rowsAsIntegers(
  { heap, pool }: WasmBackend,
  from: FloatRows,
): { block: Block; units: number } {
  const { rows, K } = from;
  const block = heap.allocate(rows * (K / 2 + 1));
  const units = block.pointer + 2 * rows * K;
  const { chunks, perChunk } = elementChunks(rows, K);
  pool.run(Kernel.integerRows, chunks, INTEGER_ROWS * K, {
    ...from,
    out: block.pointer,
    units,
    rowsPerChunk: perChunk,
  });
  return { block, units };
}
