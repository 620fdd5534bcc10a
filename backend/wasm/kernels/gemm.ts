/**
 * Matrix products on row blocks, in terms of the generated micro-kernels. All leading dimensions
 * are in bytes. A packed matrix is a sequence of column panels, each row-major and `panelWidth`
 * wide: 16 where 16 columns are left and wide panels are in use, else 8 (the last one padded with
 * zeros by pack.ts).
 */
import { Epilogue, K_BLOCK } from "./generated_abi";
import { floats } from "./simd";
import {
  finishedRows16,
  finishedRows8,
  productRows16,
  productRows8,
  stripsRows16,
  stripsRows8,
  transposedRows16,
  transposedRows8,
} from "./micro_kernels";

/** Width of the panel that starts at column n of N. */
// @ts-ignore: decorator
@inline
export function panelWidth(n: i32, N: i32, wide: i32): i32 {
  return wide && N - n >= 16 ? 16 : 8;
}

/** C[rows, n0:n1] = A[rows, K]·B. n0 and n1 lie on panel boundaries; C starts at column n0. */
export function multiply(
  a: usize, lda: usize,
  packed: usize,
  c: usize, ldc: usize,
  rows: i32, K: i32, n0: i32, n1: i32,
  wide: i32,
): void {
  multiplyPart(a, lda, packed, c, ldc, rows, K, 0, K, n0, n1, wide, null, 0);
}

/**
 * The share of k in [k0, k1), added to C unless k0 is 0; `a` points at column k0 of A. With an
 * epilogue, what ends at K is finished; `residual` is how far behind C its residual lies, or 0.
 */
export function multiplyPart(
  a: usize, lda: usize,
  packed: usize,
  c: usize, ldc: usize,
  rows: i32, K: i32, k0: i32, k1: i32, n0: i32, n1: i32,
  wide: i32,
  epilogue: Epilogue | null, residual: usize,
): void {
  let k = k0;
  do {
    const depth = min(K_BLOCK, k1 - k), add = k > 0;
    const end = k + depth == K ? changetype<usize>(epilogue) : 0;
    for (let n = n0; n < n1;) {
      const width = panelWidth(n, n1, wide);
      const panel = packed + floats(n * K + k * width), out = c + floats(n - n0);
      if (end) {
        const o = floats(n);
        if (width == 16) finishedRows16(a, lda, panel, out, ldc, depth, rows, add, end, o, residual);
        else finishedRows8(a, lda, panel, out, ldc, depth, rows, add, end, o, residual);
      } else if (width == 16) productRows16(a, lda, panel, out, ldc, depth, rows, add);
      else productRows8(a, lda, panel, out, ldc, depth, rows, add);
      n += width;
    }
    a += floats(depth);
    k += depth;
  } while (k < k1);
}

/**
 * C[rows, n0:n1] = A[rows, runs·K]·B, where a row of A is `runs` runs of K values, `runPitch` bytes
 * from one to the next; rows may overlap.
 */
export function multiplyStrips(
  a: usize, lda: usize, runPitch: usize, runs: i32,
  packed: usize,
  c: usize, ldc: usize,
  rows: i32, K: i32, n0: i32, n1: i32,
  wide: i32,
): void {
  const step = runPitch - floats(K);
  for (let n = n0; n < n1;) {
    const width = panelWidth(n, n1, wide);
    const panel = packed + floats(n * runs * K), out = c + floats(n - n0);
    if (width == 16) stripsRows16(a, lda, panel, out, ldc, K, rows, false, runs, step);
    else stripsRows8(a, lda, panel, out, ldc, K, rows, false, runs, step);
    n += width;
  }
}

/**
 * C[K, n0:n1] = Aᵀ·Y, or +=, where A is [rows, K] and Y [rows, N]. Each panel of Y is first copied
 * to `panelScratch` (16·rows floats), so that the inner loop reads it in one stream. Columns from
 * `columns` on (N up to the next multiple of 8) are read as zero.
 */
export function multiplyTransposed(
  a: usize, lda: usize,
  y: usize, ldy: usize,
  c: usize, ldc: usize,
  rows: i32, K: i32, n0: i32, n1: i32, columns: i32,
  accumulate: bool,
  wide: i32,
  panelScratch: usize,
): void {
  for (let n = n0; n < n1;) {
    const width = panelWidth(n, n1, wide);
    copyPanel(y + floats(n), ldy, rows, width, columns - n, panelScratch);
    const out = c + floats(n);
    if (width == 16) transposedRows16(a, lda, panelScratch, out, ldc, rows, K, accumulate);
    else transposedRows8(a, lda, panelScratch, out, ldc, rows, K, accumulate);
    n += width;
  }
}

function copyPanel(y: usize, ldy: usize, rows: i32, width: i32, valid: i32, panel: usize): void {
  if (valid < width) {
    for (let r = 0; r < rows; r++) {
      for (let j = 0; j < width; j++) {
        store<f32>(panel + floats(j), j < valid ? load<f32>(y + floats(j)) : 0);
      }
      panel += floats(width);
      y += ldy;
    }
  } else if (width == 16) {
    for (let r = 0; r < rows; r++) {
      v128.store(panel, v128.load(y));
      v128.store(panel, v128.load(y, 16), 16);
      v128.store(panel, v128.load(y, 32), 32);
      v128.store(panel, v128.load(y, 48), 48);
      panel += 64;
      y += ldy;
    }
  } else {
    for (let r = 0; r < rows; r++) {
      v128.store(panel, v128.load(y));
      v128.store(panel, v128.load(y, 16), 16);
      panel += 32;
      y += ldy;
    }
  }
}

/** For measuring: the same product again and again. */
export function repeatProduct(
  a: usize, packed: usize, c: usize, rows: i32, K: i32, columns: i32, wide: i32, repetitions: i32,
): void {
  for (let i = 0; i < repetitions; i++) {
    multiply(a, floats(K), packed, c, floats(columns), rows, K, 0, columns, wide);
  }
}
