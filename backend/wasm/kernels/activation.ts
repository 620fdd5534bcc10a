/**
 * Activations that are no clamp, with their derivatives: SiLU and hard-swish behind a batch norm,
 * the two sigmoids as gates. As PyTorch defines them (aten/src/ATen/native/cpu/Activation.cpp).
 */
import { HARD_SIGMOID, HARD_SWISH, RELU, RELU6, SIGMOID, SILU } from "./generated_abi";
import { activateArguments, activateGradientArguments } from "./generated_arguments";
import { bound, clamp, floats, fma, passes, upperBound, zero } from "./simd";

/** Whether it bends, which a bound at each end cannot do. */
// @ts-ignore: decorator
@inline
export function isSmooth(activation: i32): bool {
  return activation >= HARD_SWISH;
}

/**
 * Kinds as types, which stand for nothing but their sizes: these are known when a function is compiled,
 * so that each kind has a function of its own. Of copies that differ in a constant binaryen makes one,
 * which decides in the innermost loop, and which V8 does not turn into 256-bit operations.
 */
export type HardSwish = u8;
export type Silu = u16;
export type HardSigmoid = u32;
export type Sigmoid = u64;

// @ts-ignore: decorator
@inline
export function smooth<Kind>(x: v128): v128 {
  if (sizeof<Kind>() == sizeof<HardSwish>()) return f32x4.mul(x, hardSigmoid(x));
  if (sizeof<Kind>() == sizeof<HardSigmoid>()) return hardSigmoid(x);
  const s = sigmoid(x);
  return sizeof<Kind>() == sizeof<Silu>() ? f32x4.mul(x, s) : s;
}

/** The derivative at x of `smooth`. */
// @ts-ignore: decorator
@inline
export function slope<Kind>(x: v128): v128 {
  if (sizeof<Kind>() == sizeof<HardSwish>()) {
    const three = f32x4.splat(3);
    const inside = fma(x, f32x4.splat(<f32>1 / 3), f32x4.splat(0.5));
    const positive = v128.bitselect(inside, f32x4.splat(1), f32x4.lt(x, three));
    return v128.and(positive, f32x4.gt(x, f32x4.neg(three)));
  }
  if (sizeof<Kind>() == sizeof<HardSigmoid>()) {
    const three = f32x4.splat(3), sixth = f32x4.splat(<f32>1 / 6);
    return v128.and(sixth, v128.and(f32x4.gt(x, f32x4.neg(three)), f32x4.lt(x, three)));
  }
  const s = sigmoid(x), rest = f32x4.sub(f32x4.splat(1), s);
  return sizeof<Kind>() == sizeof<Silu>()
    ? f32x4.mul(s, fma(x, rest, f32x4.splat(1)))
    : f32x4.mul(s, rest);
}

// @ts-ignore: decorator
@inline
function hardSigmoid(x: v128): v128 {
  return f32x4.mul(clamp(f32x4.add(x, f32x4.splat(3)), f32x4.splat(6)), f32x4.splat(<f32>1 / 6));
}

/**
 * 1 / (1 + e⁻ˣ). The exponential is 2ⁿ·e⁻ʳ with |r| ≤ ln 2 / 2, e⁻ʳ = 1 - r + r²·p(r) with p of
 * degree 4 as near as one can be (Chebyshev's nodes): off by 10⁻⁸. Adding 1.5·2²³ rounds to an integer,
 * which then lies in the lowest bits, from where a shift takes it to the exponent.
 */
// @ts-ignore: decorator
@inline
function sigmoid(x: v128): v128 {
  const y = bound(x, constant(0), constant(1));
  const magic = constant(3);
  const shifted = fma(y, constant(2), magic);
  const r = fma(f32x4.sub(shifted, magic), constant(4), y);
  let p = fma(constant(5), r, constant(6));
  p = fma(p, r, constant(7));
  p = fma(p, r, constant(8));
  p = fma(p, r, constant(9));
  const one = constant(10);
  const exponential = fma(p, f32x4.mul(r, r), f32x4.sub(one, r));
  const scaled = i32x4.add(exponential, i32x4.shl(shifted, 23));
  return f32x4.div(one, f32x4.add(one, scaled));
}

/** Read again and again: V8 makes a constant of a vector anew each time, by four instructions. */
const CONSTANTS = memory.data<f32>([
  -87, 87, -1.44269504088896341, 12582912, 0.693147180559945309,
  0.00139262508315, -0.00836323288368, 0.041666554213, -0.166665766661, 0.5, 1,
]);

// @ts-ignore: decorator
@inline
function constant(i: usize): v128 {
  return v128.load32_splat(CONSTANTS + (i << 2));
}

/** One value, in the first lane, so that it does not depend on where it lies. */
// @ts-ignore: decorator
@inline
export function smoothScalar<Kind>(x: f32): f32 {
  return f32x4.extract_lane(smooth<Kind>(f32x4.splat(x)), 0);
}

// @ts-ignore: decorator
@inline
export function slopeScalar<Kind>(x: f32): f32 {
  return f32x4.extract_lane(slope<Kind>(f32x4.splat(x)), 0);
}

/** In place, on `columns` channels of rows `pitch` bytes apart. */
export function activateRows(y: usize, pitch: usize, rows: i32, columns: i32, activation: i32): void {
  if (pitch == floats(columns)) {
    activateValues(y, y, rows * columns, activation);
    return;
  }
  for (let r = 0; r < rows; r++) {
    activateValues(y, y, columns, activation);
    y += pitch;
  }
}

function activateValues(x: usize, out: usize, count: i32, activation: i32): void {
  if (activation == HARD_SWISH) values<HardSwish>(x, out, count);
  else if (activation == SILU) values<Silu>(x, out, count);
  else if (activation == HARD_SIGMOID) values<HardSigmoid>(x, out, count);
  else values<Sigmoid>(x, out, count);
}

function values<Kind>(x: usize, out: usize, count: i32): void {
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    const y0 = smooth<Kind>(x0), y1 = smooth<Kind>(x1);
    v128.store(out, y0), v128.store(out, y1, 16);
    x += 32, out += 32;
  }
  for (; i < count; i++) {
    store<f32>(out, smoothScalar<Kind>(load<f32>(x)));
    x += 4, out += 4;
  }
}

/** out = activation(x). One chunk is a range of values. */
export function activateChunk(chunk: i32, _thread: i32): void {
  const args = activateArguments();
  const first = chunk * args.countPerChunk, last = min(args.count, first + args.countPerChunk);
  activateValues(args.x + floats(first), args.out + floats(first), last - first, args.activation);
}

/** dx = dy · activation'(x). */
export function activateGradientChunk(chunk: i32, _thread: i32): void {
  const args = activateGradientArguments();
  const first = chunk * args.countPerChunk, last = min(args.count, first + args.countPerChunk);
  const o = floats(first), count = last - first, kind = args.activation;
  const dy = args.dy + o, x = args.x + o, dx = args.dx + o;
  multiplyBySlopes(dy, x, dx, count, kind);
}

function multiplyBySlopes(dy: usize, x: usize, dx: usize, count: i32, activation: i32): void {
  if (activation == HARD_SWISH) slopes<HardSwish>(dy, x, dx, count);
  else if (activation == SILU) slopes<Silu>(dy, x, dx, count);
  else if (activation == HARD_SIGMOID) slopes<HardSigmoid>(dy, x, dx, count);
  else if (activation == SIGMOID) slopes<Sigmoid>(dy, x, dx, count);
  else masks(dy, x, dx, count, activation);
}

function slopes<Kind>(dy: usize, x: usize, dx: usize, count: i32): void {
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    const d0 = v128.load(dy), d1 = v128.load(dy, 16);
    const g0 = f32x4.mul(d0, slope<Kind>(x0)), g1 = f32x4.mul(d1, slope<Kind>(x1));
    v128.store(dx, g0), v128.store(dx, g1, 16);
    x += 32, dy += 32, dx += 32;
  }
  for (; i < count; i++) {
    store<f32>(dx, load<f32>(dy) * slopeScalar<Kind>(load<f32>(x)));
    x += 4, dy += 4, dx += 4;
  }
}

function masks(dy: usize, x: usize, dx: usize, count: i32, activation: i32): void {
  const bound = upperBound(activation), upper = f32x4.splat(bound);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const m0 = passes(v128.load(x), upper), m1 = passes(v128.load(x, 16), upper);
    const g0 = v128.and(v128.load(dy), m0), g1 = v128.and(v128.load(dy, 16), m1);
    v128.store(dx, g0), v128.store(dx, g1, 16);
    x += 32, dy += 32, dx += 32;
  }
  for (; i < count; i++) {
    const value = load<f32>(x);
    store<f32>(dx, value > 0 && value < bound ? load<f32>(dy) : 0);
    x += 4, dy += 4, dx += 4;
  }
}
