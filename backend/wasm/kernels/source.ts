/**
 * Where a kernel's rows come from (row: the channels of one pixel): a tensor in memory, or a lazy
 * one that is computed block by block into scratch.
 */
import { NORMALIZED, NORMALIZED_GRADIENT, PLAIN, Source } from "./generated_abi";
import { floats } from "./simd";
import { normalizeGradientRows, normalizeRows } from "./normalize";

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
