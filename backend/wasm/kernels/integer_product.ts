/**
 * Matrix products of 16-bit integers, which are twice as many an operation as floats are. Sums of
 * `K_BLOCK` products fit 32 bits, by `integerLimit`; then they become floats, by
 * the units of row and column, and are added up as such.
 */
import { panelWidth } from "./gemm";
import { Epilogue, K_BLOCK } from "./generated_abi";
import { integerRows16, integerRows8 } from "./integer_kernels";
import { integers } from "./integer_rows";
import { floats } from "./simd";

/** Where the panel of weights that starts at column n lies. */
// @ts-ignore: decorator
@inline
export function integerPanel(packed: usize, n: i32, K: i32): usize {
  return packed + <usize>n * (4 + integers(K));
}

/** As `multiply` and `multiplyPart` in gemm.ts, of rows that are integers, in `units`. */
export function multiplyIntegers(
  a: usize, lda: usize, units: usize,
  packed: usize,
  c: usize, ldc: usize,
  rows: i32, K: i32, n0: i32, n1: i32,
  epilogue: Epilogue | null, residual: usize,
): void {
  for (let k = 0; k < K;) {
    const depth = min(K_BLOCK, K - k), add = k > 0;
    const end = k + depth == K ? changetype<usize>(epilogue) : 0;
    for (let n = n0; n < n1;) {
      const width = panelWidth(n, n1, 1), o = floats(n);
      const panel = integerPanel(packed, n, K), out = c + floats(n - n0);
      const b = panel + floats(width) + integers(k * width);
      if (width == 16) {
        integerRows16(rows, a, lda, units, b, panel, out, ldc, depth, add, end, o, residual);
      } else integerRows8(rows, a, lda, units, b, panel, out, ldc, depth, add, end, o, residual);
      n += width;
    }
    a += integers(depth);
    k += depth;
  }
}
