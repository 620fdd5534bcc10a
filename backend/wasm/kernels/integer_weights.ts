/**
 * Weights as 16-bit integers, each column in a unit of its own, in the panels that integer_product.ts
 * reads: the units, then the values, each row's beside the next one's. A chunk is a panel.
 */
import { panelWidth } from "./gemm";
import { integerWeightsArguments } from "./generated_arguments";
import { integerPanel } from "./integer_product";
import { integerLimit, largerBits, toIntegers, unitOf } from "./integer_rows";
import { floats } from "./simd";

export function integerWeightsChunk(chunk: i32, _thread: i32): void {
  const args = integerWeightsArguments(), K = args.K, N = args.N, pitch = floats(N);
  const n = chunk * 16, width = panelWidth(n, N, 1), panel = integerPanel(args.packed, n, K);
  for (let j = 0; j < width; j += 4) {
    const columns = args.source + floats(n + j), units = panel + floats(j);
    writeUnits(columns, pitch, K, units);
    const inverse = f32x4.div(f32x4.splat(1), v128.load(units));
    let from = columns, to = panel + floats(width + j);
    for (let k = 0; k < K; k += 2) {
      const even = toIntegers(v128.load(from), inverse);
      const odd = toIntegers(v128.load(from + pitch), inverse);
      v128.store(to, v128.or(v128.and(even, i32x4.splat(0xffff)), i32x4.shl(odd, 16)));
      from += 2 * pitch, to += floats(width);
    }
  }
}

/** Of four columns. */
function writeUnits(columns: usize, pitch: usize, K: i32, units: usize): void {
  let bits = i32x4.splat(0);
  for (let k = 0; k < K; k++) {
    bits = largerBits(bits, v128.load(columns));
    columns += pitch;
  }
  v128.store(units, bits);
  const limit = integerLimit(K);
  for (let i = 0; i < 4; i++) {
    store<f32>(units + floats(i), unitOf(load<i32>(units + floats(i)), limit));
  }
}
