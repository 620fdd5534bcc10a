/**
 * Functions of four floats at a time, by arithmetic that V8's revectoriser knows: no rounding
 * instruction, no conversion.
 */
import { bound, fma } from "./simd";

/** 1.5·2²³: what is added to it ends up as an integer in the low bits of the sum. */
const SHIFTER: f32 = 12582912;

/**
 * eˣ, off by two units in the last place at most; 1.2e-38 below -87.3, 1.7e38 above 88. By Cephes's
 * expf: x = n·ln 2 + r, |r| ≤ ln 2 / 2, and a polynomial of r.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  const clamped = bound(x, f32x4.splat(-87.33654), f32x4.splat(88.0));
  const shifter = f32x4.splat(SHIFTER);
  const shifted = fma(clamped, f32x4.splat(1.44269504), shifter);
  const n = f32x4.sub(shifted, shifter);
  const high = fma(n, f32x4.splat(-0.693359375), clamped);
  const r = fma(n, f32x4.splat(2.12194440e-4), high);
  let p = f32x4.splat(1.9875691500e-4);
  p = fma(p, r, f32x4.splat(1.3981999507e-3));
  p = fma(p, r, f32x4.splat(8.3334519073e-3));
  p = fma(p, r, f32x4.splat(4.1665795894e-2));
  p = fma(p, r, f32x4.splat(1.6666665459e-1));
  p = fma(p, r, f32x4.splat(5.0000001201e-1));
  const tail = fma(f32x4.mul(r, r), p, r);
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
  return fma(tail, power, power);
}

/**
 * erf(x) by Eigen's rational function of |x| ≤ 4 (Eigen/src/Core/MathFunctionsImpl.h, MPL2's numbers
 * of a minimax fit), beyond which it is ±1 in float32.
 */
// @ts-ignore: decorator
@inline
export function errorFunction(x: v128): v128 {
  const t = bound(x, f32x4.splat(-4), f32x4.splat(4));
  const s = f32x4.mul(t, t);
  let p = f32x4.splat(-2.72614225801306e-10);
  p = fma(p, s, f32x4.splat(2.77068142495902e-8));
  p = fma(p, s, f32x4.splat(-2.10102402082508e-6));
  p = fma(p, s, f32x4.splat(-5.69250639462346e-5));
  p = fma(p, s, f32x4.splat(-7.34990630326855e-4));
  p = fma(p, s, f32x4.splat(-2.95459980854025e-3));
  p = fma(p, s, f32x4.splat(-1.60960333262415e-2));
  let q = f32x4.splat(-1.45660718464996e-5);
  q = fma(q, s, f32x4.splat(-2.13374055278905e-4));
  q = fma(q, s, f32x4.splat(-1.68282697438203e-3));
  q = fma(q, s, f32x4.splat(-7.37332916720468e-3));
  q = fma(q, s, f32x4.splat(-1.42647390514189e-2));
  return f32x4.div(f32x4.mul(t, p), q);
}
