/**
 * Where a kernel's rows come from (row: the channels of one pixel): a tensor in memory, or a lazy
 * one that is computed block by block into scratch. backend/wasm/source.ts writes this record.
 */
import { floats } from "./simd";
import { normalizeGradientRows, normalizeRows } from "./normalize";

export const PLAIN: i32 = 0;
const NORMALIZED: i32 = 1;
const NORMALIZED_GRADIENT: i32 = 2;

@unmanaged
export class Source {
  kind: i32;
  /** The tensor; z of a lazy forward value; d of a lazy gradient. */
  values: usize;
  /** z of a lazy gradient. */
  z: usize;
  scaleShift: usize;
  coefficients: usize;
  activation: i32;
}

/** Bytes of a Source among a kernel's arguments. */
export const SOURCE_SIZE: usize = 24;

/** Address of `rows` rows from row `first` on: in place if they are in memory, else in `buffer`. */
export function sourceRows(
  source: Source, first: i32, rows: i32, channels: i32, buffer: usize,
): usize {
  const offset = <usize>first * floats(channels);
  if (source.kind == PLAIN) return source.values + offset;
  writeSourceRows(source, first, rows, channels, buffer);
  return buffer;
}

/** Copies or computes rows into `buffer`. */
export function writeSourceRows(
  source: Source, first: i32, rows: i32, channels: i32, buffer: usize,
): void {
  const offset = <usize>first * floats(channels);
  const values = source.values + offset;
  if (source.kind == NORMALIZED) {
    normalizeRows(values, buffer, rows, channels, source.scaleShift, source.activation);
  } else if (source.kind == NORMALIZED_GRADIENT) {
    normalizeGradientRows(
      values, source.z + offset, buffer, rows, channels,
      source.coefficients, source.scaleShift, source.activation,
    );
  } else {
    memory.copy(buffer, values, <usize>rows * floats(channels));
  }
}
