/**
 * Where a kernel's rows come from (row: the channels of one pixel): a tensor in memory, or a lazy
 * one that is computed block by block into scratch.
 */
import { NORMALIZED, NORMALIZED_GRADIENT, PLAIN, SCALED, Source } from "./generated_abi";
import { floats } from "./simd";
import { multiplyRows, normalizeGradientRows, normalizeRows } from "./normalize";

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
  } else if (source.kind == SCALED) {
    scaleImages(source, first, rows, channels, buffer);
  } else {
    memory.copy(buffer, values, <usize>rows * floats(channels));
  }
}

function scaleImages(source: Source, first: i32, rows: i32, channels: i32, out: usize): void {
  const pitch = floats(channels), pixels = source.pixels, last = first + rows;
  for (let r = first; r < last;) {
    const image = r / pixels, count = min(last, (image + 1) * pixels) - r;
    const factors = source.scaleShift + <usize>image * pitch;
    multiplyRows(source.values + <usize>r * pitch, out, count, channels, factors);
    out += <usize>count * pitch;
    r += count;
  }
}
