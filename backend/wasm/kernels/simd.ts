/**
 * The vocabulary of all kernels. Values are handled as pairs of 128-bit vectors, eight floats: V8's
 * revectoriser turns two adjacent operations of the same kind into one 256-bit operation, so loads,
 * arithmetic and stores always come as `x0 = …, x1 = …` side by side.
 */
import { RELU6, RELU6_UPPER } from "./generated_abi";

/** a·b + c, rounded once where the processor has a fused operation. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}

// @ts-ignore: decorator
@inline
export function zero(): v128 {
  return f32x4.splat(0);
}

/** Bytes of n floats. */
// @ts-ignore: decorator
@inline
export function floats(n: i32): usize {
  return <usize>n << 2;
}

/** Upper clamp of an activation; relu has none. */
// @ts-ignore: decorator
@inline
export function upperBound(activation: i32): f32 {
  return activation == RELU6 ? RELU6_UPPER : <f32>Infinity;
}

/** max(x, lower) then min(·, upper); NaN stays NaN, as pmax and pmin keep their first operand then. */
// @ts-ignore: decorator
@inline
export function bound(x: v128, lower: v128, upper: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, lower), upper);
}

/** max(x, 0) then min(·, upper). */
// @ts-ignore: decorator
@inline
export function clamp(x: v128, upper: v128): v128 {
  return bound(x, zero(), upper);
}

// @ts-ignore: decorator
@inline
export function clampScalar(x: f32, upper: f32): f32 {
  const positive: f32 = x < 0 ? <f32>0 : x;
  return positive > upper ? upper : positive;
}

/** All ones where an activation passes its gradient: 0 < y < upper. */
// @ts-ignore: decorator
@inline
export function passes(y: v128, upper: v128): v128 {
  return v128.and(f32x4.gt(y, zero()), f32x4.lt(y, upper));
}

export function fillZero(p: usize, count: i32): void {
  memory.fill(p, 0, floats(count));
}
