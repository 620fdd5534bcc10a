/**
 * The two matrix products of a linear model, for some rows of a matrix. Four rows and two vectors at a
 * time, whose eight sums stay in registers: several times as fast as one dot product after another.
 * Matrices that `residentMatrix` made are multiplied by WebAssembly.
 */
import type { Matrix } from "./matrix.ts";
import { kernelsOf } from "./row_kernels.ts";

/** What the count of rows, and that of vectors, are multiples of. */
const ROWS_AT_ONCE = 4;
const VECTORS_AT_ONCE = 2;

/** As many rows as the products take: the first of all stands in for those that are missing. */
export function paddedRows(rows: Int32Array): Int32Array {
  const padded = new Int32Array(Math.ceil(rows.length / ROWS_AT_ONCE) * ROWS_AT_ONCE);
  padded.set(rows);
  return padded;
}

/** As many vectors as the products take, for `count` of them. */
export function paddedCount(count: number): number {
  return Math.ceil(count / VECTORS_AT_ONCE) * VECTORS_AT_ONCE;
}

/**
 * out[i, k] = row i · vector k.
 *
 * @param rows indices; their count is a multiple of `ROWS_AT_ONCE`
 * @param vectors [count × columns]; the count is a multiple of `VECTORS_AT_ONCE`
 * @param out [rows.length × count]
 */
export function multiplyRows(
  matrix: Matrix,
  rows: Int32Array,
  vectors: Float64Array,
  count: number,
  out: Float64Array,
): void {
  const kernels = kernelsOf(matrix, count);
  if (kernels) return kernels.multiply(rows, vectors, count, out);
  const { data } = matrix;
  // Says to the compiler that they are integers, whatever they came from: twice as fast.
  const columns = matrix.columns | 0;
  count |= 0;
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    const r0 = rows[i] * columns, r1 = rows[i + 1] * columns;
    const r2 = rows[i + 2] * columns, r3 = rows[i + 3] * columns;
    for (let k = 0; k < count; k += VECTORS_AT_ONCE) {
      const v0 = k * columns, v1 = v0 + columns;
      let s00 = 0, s01 = 0, s10 = 0, s11 = 0, s20 = 0, s21 = 0, s30 = 0, s31 = 0;
      for (let d = 0; d < columns; d++) {
        const a = vectors[v0 + d], b = vectors[v1 + d];
        const x0 = data[r0 + d], x1 = data[r1 + d], x2 = data[r2 + d], x3 = data[r3 + d];
        s00 += x0 * a;
        s01 += x0 * b;
        s10 += x1 * a;
        s11 += x1 * b;
        s20 += x2 * a;
        s21 += x2 * b;
        s30 += x3 * a;
        s31 += x3 * b;
      }
      const o = i * count + k;
      out[o] = s00;
      out[o + 1] = s01;
      out[o + count] = s10;
      out[o + count + 1] = s11;
      out[o + 2 * count] = s20;
      out[o + 2 * count + 1] = s21;
      out[o + 3 * count] = s30;
      out[o + 3 * count + 1] = s31;
    }
  }
}

/**
 * vector k += Σ factors[i, k] · row i; shapes as in `multiplyRows`.
 *
 * @param factors [rows.length × count]
 */
export function addRows(
  matrix: Matrix,
  rows: Int32Array,
  factors: Float64Array,
  count: number,
  vectors: Float64Array,
): void {
  const kernels = kernelsOf(matrix, count);
  if (kernels) return kernels.add(rows, factors, count, vectors);
  const { data } = matrix;
  // Says to the compiler that they are integers, whatever they came from: twice as fast.
  const columns = matrix.columns | 0;
  count |= 0;
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    const r0 = rows[i] * columns, r1 = rows[i + 1] * columns;
    const r2 = rows[i + 2] * columns, r3 = rows[i + 3] * columns;
    for (let k = 0; k < count; k += VECTORS_AT_ONCE) {
      const v0 = k * columns, v1 = v0 + columns;
      const f = i * count + k;
      const f00 = factors[f], f01 = factors[f + 1];
      const f10 = factors[f + count], f11 = factors[f + count + 1];
      const f20 = factors[f + 2 * count], f21 = factors[f + 2 * count + 1];
      const f30 = factors[f + 3 * count], f31 = factors[f + 3 * count + 1];
      for (let d = 0; d < columns; d++) {
        const x0 = data[r0 + d], x1 = data[r1 + d], x2 = data[r2 + d], x3 = data[r3 + d];
        vectors[v0 + d] += x0 * f00 + x1 * f10 + x2 * f20 + x3 * f30;
        vectors[v1 + d] += x0 * f01 + x1 * f11 + x2 * f21 + x3 * f31;
      }
    }
  }
}
