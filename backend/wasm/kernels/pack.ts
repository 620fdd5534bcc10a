/**
 * Rearranges a matrix into the column panels that gemm.ts reads. One chunk is one panel.
 *
 * The matrix is a stack of `taps` blocks of K rows each, taken from `source` in the order of the
 * table `tapIndices`: a convolution's weights, [tap][row][column] or, transposed,
 * [tap][column][row].
 */
import { panelWidth } from "./gemm";
import { packArguments } from "./generated_arguments";
import { floats } from "./simd";

export function packChunk(chunk: i32, _thread: i32): void {
  const args = packArguments();
  const K = args.K, N = args.N;
  // Every panel before the chunk's is as wide as the first ones are.
  const n = panelStart(chunk, N, args.wide);
  const width = panelWidth(n, (N + 7) & ~7, args.wide);
  const valid = min(width, N - n);
  let panel = args.packed + floats(n * args.taps * K);
  for (let t = 0; t < args.taps; t++) {
    const tap = load<i32>(args.tapIndices + (<usize>t << 2));
    const block = args.source + floats(tap * K * N);
    if (args.transposed) packTransposed(block + floats(n * K), floats(K), K, panel, width, valid);
    else packRows(block + floats(n), floats(N), K, panel, width, valid);
    panel += floats(K * width);
  }
}

/**
 * All panels of one matrix [K, N] whose rows lie `pitch` bytes apart; or, transposed, of one whose
 * columns do.
 */
export function packMatrix(
  source: usize, pitch: usize, K: i32, N: i32, transposed: bool, wide: i32, packed: usize,
): void {
  const N8 = (N + 7) & ~7;
  for (let n = 0; n < N8;) {
    const width = panelWidth(n, N8, wide), valid = min(width, N - n);
    const panel = packed + floats(n * K);
    if (transposed) packTransposed(source + <usize>n * pitch, pitch, K, panel, width, valid);
    else packRows(source + floats(n), pitch, K, panel, width, valid);
    n += width;
  }
}

/** Columns before panel number `index`: wide panels first, then those of 8. */
function panelStart(index: i32, N: i32, wide: i32): i32 {
  const wides = wide ? ((N + 7) & ~7) / 16 : 0;
  return index <= wides ? index * 16 : wides * 16 + (index - wides) * 8;
}

function packRows(
  source: usize, pitch: usize, K: i32, panel: usize, width: i32, valid: i32,
): void {
  if (valid < width) {
    for (let k = 0; k < K; k++) {
      for (let j = 0; j < width; j++) {
        store<f32>(panel + floats(j), j < valid ? load<f32>(source + floats(j)) : 0);
      }
      panel += floats(width);
      source += pitch;
    }
    return;
  }
  for (let k = 0; k < K; k++) {
    v128.store(panel, v128.load(source));
    v128.store(panel, v128.load(source, 16), 16);
    if (width == 16) {
      v128.store(panel, v128.load(source, 32), 32);
      v128.store(panel, v128.load(source, 48), 48);
    }
    panel += floats(width);
    source += pitch;
  }
}

/** `source` has columns of K values, `pitch` bytes apart: four by four rows at a time. */
function packTransposed(
  source: usize, pitch: usize, K: i32, panel: usize, width: i32, valid: i32,
): void {
  const step = floats(width);
  for (let j = 0; j < width; j += 4) {
    let from = source + <usize>j * pitch;
    let to = panel + floats(j);
    let k = 0;
    if (j + 4 <= valid) {
      for (; k + 4 <= K; k += 4) {
        transpose4(from, pitch, to, step);
        from += 16;
        to += 4 * step;
      }
    }
    for (; k < K; k++) {
      for (let i = 0; i < 4; i++) {
        const value = j + i < valid ? load<f32>(from + <usize>i * pitch) : 0;
        store<f32>(to + floats(i), value);
      }
      from += 4;
      to += step;
    }
  }
}

/** Four rows of four floats, `pitch` bytes apart, to four columns. */
// @ts-ignore: decorator
@inline
export function transpose4(from: usize, pitch: usize, to: usize, step: usize): void {
  const a = v128.load(from), b = v128.load(from + pitch);
  const c = v128.load(from + 2 * pitch), d = v128.load(from + 3 * pitch);
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(ab0, cd0, 0, 2));
  v128.store(to + step, v128.shuffle<f64>(ab0, cd0, 1, 3));
  v128.store(to + 2 * step, v128.shuffle<f64>(ab2, cd2, 0, 2));
  v128.store(to + 3 * step, v128.shuffle<f64>(ab2, cd2, 1, 3));
}
