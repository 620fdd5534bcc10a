/**
 * Weights as 16-bit integers, in the panels that integer_product.ts reads: the units of a panel's
 * columns, and then its values, a row's and the next one's side by side. A chunk is a panel.
 */
import { panelWidth } from "./gemm";
import { integerWeightsArguments } from "./generated_arguments";
import { integerPanel } from "./integer_product";
import { unitOf, unitsOfOne } from "./integer_rows";
import { floats } from "./simd";

export function integerWeightsChunk(chunk: i32, _thread: i32): void {
  const args = integerWeightsArguments(), K = args.K, N = args.N, pitch = floats(N);
  const n = chunk * 16, width = panelWidth(n, N, 1), panel = integerPanel(args.packed, n, K);
  for (let j = 0; j < width; j++) {
    const column = args.source + floats(n + j);
    let largest = 0;
    for (let k = 0; k < K; k++) {
      largest = max(largest, load<i32>(column + <usize>k * pitch) & 0x7fffffff);
    }
    const unit = unitOf(largest), unitsPerOne = unitsOfOne(largest);
    store<f32>(panel + floats(j), unit);
    let to = panel + floats(width + j);
    for (let k = 0; k < K; k += 2) {
      const first = column + <usize>k * pitch, isFinite = unit == unit;
      store<i16>(to, isFinite ? rounded(load<f32>(first) * unitsPerOne) : 0);
      store<i16>(to, isFinite ? rounded(load<f32>(first + pitch) * unitsPerOne) : 0, 2);
      to += floats(width);
    }
  }
}

// @ts-ignore: decorator
@inline
function rounded(x: f32): i16 {
  return <i16><i32>nearest(x);
}
