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

/**
 * What they compute with, read from memory: of a vector that it knows V8 makes a constant, by four
 * instructions each time. Loops read all before they begin, as k0 to k10, and V8 keeps as many in
 * registers as there is room for. A sigmoid's begin with the limits of x.
 */
const SIGMOID_CONSTANTS = memory.data<f32>([
  -87, 87, -1.44269504088896341, 12582912, 0.693147180559945309,
  0.00139262508315, -0.00836323288368, 0.041666554213, -0.166665766661, 0.5, 1,
]);
const HARD_CONSTANTS = memory.data<f32>([
  3, 6, 0.16666667163372040, -3, 0.33333334326744080, 0.5, 1, 0, 0, 0, 0,
]);

// @ts-ignore: decorator
@inline
function isHard<Kind>(): bool {
  return sizeof<Kind>() == sizeof<HardSwish>() || sizeof<Kind>() == sizeof<HardSigmoid>();
}

// @ts-ignore: decorator
@inline
export function constant<Kind>(i: usize): v128 {
  return v128.load32_splat((isHard<Kind>() ? HARD_CONSTANTS : SIGMOID_CONSTANTS) + (i << 2));
}

// @ts-ignore: decorator
@inline
export function smooth<Kind>(
  x: v128,
  k0: v128, k1: v128, k2: v128, k3: v128, k4: v128, k5: v128, k6: v128, k7: v128, k8: v128,
  k9: v128, k10: v128,
): v128 {
  if (isHard<Kind>()) {
    const gate = f32x4.mul(clamp(f32x4.add(x, k0), k1), k2);
    return sizeof<Kind>() == sizeof<HardSwish>() ? f32x4.mul(x, gate) : gate;
  }
  const s = sigmoid(x, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
  return sizeof<Kind>() == sizeof<Silu>() ? f32x4.mul(x, s) : s;
}

/** The derivative at x of `smooth`. */
// @ts-ignore: decorator
@inline
export function slope<Kind>(
  x: v128,
  k0: v128, k1: v128, k2: v128, k3: v128, k4: v128, k5: v128, k6: v128, k7: v128, k8: v128,
  k9: v128, k10: v128,
): v128 {
  if (sizeof<Kind>() == sizeof<HardSwish>()) {
    const positive = v128.bitselect(fma(x, k4, k5), k6, f32x4.lt(x, k0));
    return v128.and(positive, f32x4.gt(x, k3));
  }
  if (sizeof<Kind>() == sizeof<HardSigmoid>()) {
    return v128.and(k2, v128.and(f32x4.gt(x, k3), f32x4.lt(x, k0)));
  }
  const s = sigmoid(x, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
  const rest = f32x4.sub(k10, s);
  return sizeof<Kind>() == sizeof<Silu>() ? f32x4.mul(s, fma(x, rest, k10)) : f32x4.mul(s, rest);
}

/**
 * 1 / (1 + e⁻ˣ). The exponential is 2ⁿ·e⁻ʳ with |r| ≤ ln 2 / 2, e⁻ʳ = 1 - r + r²·p(r) with p of
 * degree 4 as near as one can be (Chebyshev's nodes): off by 10⁻⁸. Adding 1.5·2²³ rounds to an integer,
 * which then lies in the lowest bits, from where a shift takes it to the exponent.
 */
// @ts-ignore: decorator
@inline
function sigmoid(
  x: v128,
  k0: v128, k1: v128, k2: v128, k3: v128, k4: v128, k5: v128, k6: v128, k7: v128, k8: v128,
  k9: v128, k10: v128,
): v128 {
  const y = bound(x, k0, k1);
  const shifted = fma(y, k2, k3);
  const r = fma(f32x4.sub(shifted, k3), k4, y);
  const square = f32x4.mul(r, r);
  const p = fma(fma(fma(k5, r, k6), square, fma(k7, r, k8)), r, k9);
  const exponential = fma(p, square, f32x4.sub(k10, r));
  const scaled = i32x4.add(exponential, i32x4.shl(shifted, 23));
  return f32x4.div(k10, f32x4.add(k10, scaled));
}

/** One value, in the first lane, so that it does not depend on where it lies. */
// @ts-ignore: decorator
@inline
export function smoothScalar<Kind>(x: f32): f32 {
  const k0 = constant<Kind>(0), k1 = constant<Kind>(1), k2 = constant<Kind>(2);
  const k3 = constant<Kind>(3), k4 = constant<Kind>(4), k5 = constant<Kind>(5);
  const k6 = constant<Kind>(6), k7 = constant<Kind>(7), k8 = constant<Kind>(8);
  const k9 = constant<Kind>(9), k10 = constant<Kind>(10);
  return f32x4.extract_lane(smooth<Kind>(f32x4.splat(x), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10), 0);
}

// @ts-ignore: decorator
@inline
export function slopeScalar<Kind>(x: f32): f32 {
  const k0 = constant<Kind>(0), k1 = constant<Kind>(1), k2 = constant<Kind>(2);
  const k3 = constant<Kind>(3), k4 = constant<Kind>(4), k5 = constant<Kind>(5);
  const k6 = constant<Kind>(6), k7 = constant<Kind>(7), k8 = constant<Kind>(8);
  const k9 = constant<Kind>(9), k10 = constant<Kind>(10);
  return f32x4.extract_lane(slope<Kind>(f32x4.splat(x), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10), 0);
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
  const k0 = constant<Kind>(0), k1 = constant<Kind>(1), k2 = constant<Kind>(2);
  const k3 = constant<Kind>(3), k4 = constant<Kind>(4), k5 = constant<Kind>(5);
  const k6 = constant<Kind>(6), k7 = constant<Kind>(7), k8 = constant<Kind>(8);
  const k9 = constant<Kind>(9), k10 = constant<Kind>(10);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    const y0 = smooth<Kind>(x0, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
    const y1 = smooth<Kind>(x1, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
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
  const k0 = constant<Kind>(0), k1 = constant<Kind>(1), k2 = constant<Kind>(2);
  const k3 = constant<Kind>(3), k4 = constant<Kind>(4), k5 = constant<Kind>(5);
  const k6 = constant<Kind>(6), k7 = constant<Kind>(7), k8 = constant<Kind>(8);
  const k9 = constant<Kind>(9), k10 = constant<Kind>(10);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    const d0 = v128.load(dy), d1 = v128.load(dy, 16);
    const p0 = slope<Kind>(x0, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
    const p1 = slope<Kind>(x1, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
    const g0 = f32x4.mul(d0, p0), g1 = f32x4.mul(d1, p1);
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
