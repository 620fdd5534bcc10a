/**
 * Rows of floats as 16-bit integers, each row in a unit of its own: its largest value becomes
 * `INTEGER_LIMIT`. A row that is not finite has NaN for a unit, so that all it is multiplied by
 * becomes NaN.
 */
import { INTEGER_LIMIT } from "./generated_abi";
import { integerRowsArguments, integerRowsSource } from "./generated_arguments";
import { scratch } from "./command";
import { floats, fma } from "./simd";
import { sourceRows } from "./source";

/** A chunk is some rows of a tensor. */
export function integerRowsChunk(chunk: i32, thread: i32): void {
  const args = integerRowsArguments(), K = args.K;
  const first = chunk * args.rowsPerChunk, rows = min(args.rowsPerChunk, args.rows - first);
  const from = sourceRows(integerRowsSource(), first, rows, K, scratch(thread));
  const out = args.out + <usize>first * integers(K);
  writeIntegers(from, rows, K, out, args.units + floats(first));
}

/** Bytes of n integers. */
// @ts-ignore: decorator
@inline
export function integers(n: i32): usize {
  return <usize>n << 1;
}

/** The unit of values of which the largest has these bits, its sign aside. */
// @ts-ignore: decorator
@inline
export function unitOf(largest: i32): f32 {
  return largest >= INFINITE ? NaN : atLeastTiny(largest) / <f32>INTEGER_LIMIT;
}

/** How many units a value of 1 has. */
// @ts-ignore: decorator
@inline
export function unitsOfOne(largest: i32): f32 {
  return <f32>INTEGER_LIMIT / atLeastTiny(largest);
}

/** The bits of numbers without sign are in the order of the numbers, infinity and NaN behind all. */
const INFINITE: i32 = 0x7f800000;
/** Below it, dividing by it would overflow. */
const TINY: f32 = 1e-30;

// @ts-ignore: decorator
@inline
function atLeastTiny(bits: i32): f32 {
  return max(reinterpret<f32>(bits), TINY);
}

/** Added to a small number, it leaves its nearest integer in the lowest bits. */
const ROUNDING: f32 = 12582912; // 1.5 · 2²³
const ROUNDING_BITS: i32 = 0x4b400000;

/**
 * `rows` rows of K floats, K in eights from 16 on, side by side; `out` and `units` likewise.
 */
export function writeIntegers(from: usize, rows: i32, K: i32, out: usize, units: usize): void {
  const magic = f32x4.splat(ROUNDING), offset = i32x4.splat(ROUNDING_BITS);
  for (let r = 0; r < rows; r++) {
    const largest = largestBits(from, K, out);
    store<f32>(units + floats(r), unitOf(largest));
    const s = f32x4.splat(unitsOfOne(largest));
    for (let k = 0; k < K; k += 8) {
      const x0 = i32x4.sub(fma(v128.load(from), s, magic), offset);
      const x1 = i32x4.sub(fma(v128.load(from, 16), s, magic), offset);
      v128.store(out, i16x8.narrow_i32x4_s(x0, x1));
      from += 32, out += 16;
    }
  }
}

/** Of the largest of K floats, without their signs. `room` holds 32 bytes. */
function largestBits(from: usize, K: i32, room: usize): i32 {
  const unsigned = i32x4.splat(0x7fffffff);
  let m0 = i32x4.splat(0), m1 = i32x4.splat(0);
  for (let k = 0; k < K; k += 8) {
    const x0 = v128.load(from), x1 = v128.load(from, 16);
    const y0 = v128.and(x0, unsigned), y1 = v128.and(x1, unsigned);
    m0 = i32x4.max_s(m0, y0), m1 = i32x4.max_s(m1, y1);
    from += 32;
  }
  // V8 pairs only what two adjacent stores depend on.
  v128.store(room, m0), v128.store(room, m1, 16);
  const m = i32x4.max_s(v128.load(room), v128.load(room, 16));
  const even = max(i32x4.extract_lane(m, 0), i32x4.extract_lane(m, 2));
  return max(even, max(i32x4.extract_lane(m, 1), i32x4.extract_lane(m, 3)));
}
