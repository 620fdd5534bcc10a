/**
 * Rows of floats as 16-bit integers, each row in a unit of its own: its largest value becomes the
 * largest integer that sums of products have room for. A row that is not finite has NaN for a unit, so that all products with it are NaN.
 */
import { scratch } from "./command";
import { gatherRows } from "./gather";
import { INTEGER_ROWS, K_BLOCK } from "./generated_abi";
import { integerRowsArguments, integerRowsGather, integerRowsSource } from "./generated_arguments";
import { floats, fma } from "./simd";
import { sourceRows } from "./source";

/** A chunk is some rows: of a tensor, or gathered. */
export function integerRowsChunk(chunk: i32, thread: i32): void {
  const args = integerRowsArguments(), K = args.K, gathered = scratch(thread);
  const first = chunk * args.rowsPerChunk, last = min(args.rows, first + args.rowsPerChunk);
  for (let m = first; m < last; m += INTEGER_ROWS) {
    const rows = min(INTEGER_ROWS, last - m);
    let from = gathered;
    if (args.runs == 0) from = sourceRows(integerRowsSource(), m, rows, K, gathered);
    else gatherRows(integerRowsGather(), m, rows, 0, args.runs, gathered, 0);
    writeIntegers(from, rows, K, args.out + <usize>m * integers(K), args.units + floats(m));
  }
}

/** Bytes of n integers. */
// @ts-ignore: decorator
@inline
export function integers(n: i32): usize {
  return <usize>n << 1;
}

/**
 * `rows` rows of K floats, K in eights from 16 on, side by side; `out` and `units` likewise.
 */
function writeIntegers(from: usize, rows: i32, K: i32, out: usize, units: usize): void {
  const limit = integerLimit(K);
  for (let r = 0; r < rows; r++) {
    const unit = unitOf(largestOfRow(from, K, out), limit), inverse = f32x4.splat(1 / unit);
    store<f32>(units + floats(r), unit);
    for (let k = 0; k < K; k += 8) {
      const x0 = toIntegers(v128.load(from), inverse);
      const x1 = toIntegers(v128.load(from, 16), inverse);
      v128.store(out, i16x8.narrow_i32x4_s(x0, x1));
      from += 32, out += 16;
    }
  }
}

/** Added to a small number, it leaves the nearest integer in the lowest bits. */
const ROUNDING: f32 = 12582912; // 1.5 · 2²³
const ROUNDING_BITS: i32 = 0x4b400000;

/** What values are in units, of which `inverse` make 1. */
// @ts-ignore: decorator
@inline
export function toIntegers(values: v128, inverse: v128): v128 {
  return i32x4.sub(fma(values, inverse, f32x4.splat(ROUNDING)), i32x4.splat(ROUNDING_BITS));
}

/** The bits of a positive number are in the order of numbers, infinity and NaN behind all others. */
const INFINITE_BITS: i32 = 0x7f800000;
/** Below it, units would be so small that their inverse is infinite. */
const TINY: f32 = 1e-30;

/** Of values whose largest has these bits, but for its sign, and becomes `limit`. */
// @ts-ignore: decorator
@inline
export function unitOf(bits: i32, limit: f32): f32 {
  return bits >= INFINITE_BITS ? NaN : max(reinterpret<f32>(bits), TINY) / limit;
}

/** The largest integer of rows and columns of K: so many products of two such fit 32 bits. */
export function integerLimit(K: i32): f32 {
  return <f32>floor<f64>(sqrt<f64>(<f64>i32.MAX_VALUE / <f64>min(K, K_BLOCK)));
}

/** The larger of each pair of bits, the signs of `values` aside. */
// @ts-ignore: decorator
@inline
export function largerBits(bits: v128, values: v128): v128 {
  return i32x4.max_s(bits, v128.and(values, i32x4.splat(0x7fffffff)));
}

/** Bits of the largest of K floats, but for its sign. `room` is 32 bytes to write to. */
function largestOfRow(from: usize, K: i32, room: usize): i32 {
  let m0 = i32x4.splat(0), m1 = i32x4.splat(0);
  for (let k = 0; k < K; k += 8) {
    const x0 = v128.load(from), x1 = v128.load(from, 16);
    m0 = largerBits(m0, x0), m1 = largerBits(m1, x1);
    from += 32;
  }
  // V8 pairs only what two adjacent stores depend on.
  v128.store(room, m0), v128.store(room, m1, 16);
  const m = i32x4.max_s(v128.load(room), v128.load(room, 16));
  const even = max(i32x4.extract_lane(m, 0), i32x4.extract_lane(m, 2));
  return max(even, max(i32x4.extract_lane(m, 1), i32x4.extract_lane(m, 3)));
}
