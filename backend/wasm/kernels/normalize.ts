/**
 * What a lazy tensor stands for, computed a few rows at a time (row: the channels of one pixel).
 *
 * Forward, y = activation(scale·z + shift). Backward, the gradient of batch norm with respect to
 * its input, A·d + B·z + C with d the gradient of y, zeroed where the activation does not pass it.
 * All coefficients are vectors of `channels` floats, one after the other.
 */
import {
  constant, HardSigmoid, HardSwish, isSmooth, Sigmoid, Silu, slope, slopeScalar, smooth,
  smoothScalar,
} from "./activation";
import { HARD_SIGMOID, HARD_SWISH, LINEAR, SILU } from "./generated_abi";
import { clamp, clampScalar, floats, fma, passes, upperBound } from "./simd";

/** rows of y from rows of z; `scaleShift` is scale, then shift. */
export function normalizeRows(
  z: usize, y: usize, rows: i32, channels: i32, scaleShift: usize, activation: i32,
): void {
  if (activation == LINEAR) {
    scaleRows(z, y, rows, channels, scaleShift);
    return;
  }
  if (isSmooth(activation)) {
    if (activation == HARD_SWISH) smoothRows<HardSwish>(z, y, rows, channels, scaleShift);
    else if (activation == SILU) smoothRows<Silu>(z, y, rows, channels, scaleShift);
    else if (activation == HARD_SIGMOID) smoothRows<HardSigmoid>(z, y, rows, channels, scaleShift);
    else smoothRows<Sigmoid>(z, y, rows, channels, scaleShift);
    return;
  }
  const bound = upperBound(activation), upper = f32x4.splat(bound), pitch = floats(channels);
  for (let r = 0; r < rows; r++) {
    let s = scaleShift, c = 0;
    for (; c + 8 <= channels; c += 8) {
      const z0 = v128.load(z), z1 = v128.load(z, 16);
      const s0 = v128.load(s), s1 = v128.load(s, 16);
      const t0 = v128.load(s + pitch), t1 = v128.load(s + pitch, 16);
      const y0 = clamp(fma(z0, s0, t0), upper), y1 = clamp(fma(z1, s1, t1), upper);
      v128.store(y, y0), v128.store(y, y1, 16);
      z += 32, y += 32, s += 32;
    }
    for (; c < channels; c++) {
      store<f32>(y, clampScalar(load<f32>(z) * load<f32>(s) + load<f32>(s + pitch), bound));
      z += 4, y += 4, s += 4;
    }
  }
}

function smoothRows<Kind>(
  z: usize, y: usize, rows: i32, channels: i32, scaleShift: usize,
): void {
  const k0 = constant<Kind>(0), k1 = constant<Kind>(1), k2 = constant<Kind>(2);
  const k3 = constant<Kind>(3), k4 = constant<Kind>(4), k5 = constant<Kind>(5);
  const k6 = constant<Kind>(6), k7 = constant<Kind>(7), k8 = constant<Kind>(8);
  const k9 = constant<Kind>(9), k10 = constant<Kind>(10);
  const pitch = floats(channels);
  for (let r = 0; r < rows; r++) {
    let s = scaleShift, c = 0;
    for (; c + 16 <= channels; c += 16) {
      const z0 = v128.load(z), z1 = v128.load(z, 16);
      const s0 = v128.load(s), s1 = v128.load(s, 16);
      const t0 = v128.load(s + pitch), t1 = v128.load(s + pitch, 16);
      const y0 = smooth<Kind>(fma(z0, s0, t0), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      const y1 = smooth<Kind>(fma(z1, s1, t1), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      v128.store(y, y0), v128.store(y, y1, 16);
      const z2 = v128.load(z, 32), z3 = v128.load(z, 48);
      const s2 = v128.load(s, 32), s3 = v128.load(s, 48);
      const t2 = v128.load(s + pitch, 32), t3 = v128.load(s + pitch, 48);
      const y2 = smooth<Kind>(fma(z2, s2, t2), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      const y3 = smooth<Kind>(fma(z3, s3, t3), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      v128.store(y, y2, 32), v128.store(y, y3, 48);
      z += 64, y += 64, s += 64;
    }
    for (; c + 8 <= channels; c += 8) {
      const z0 = v128.load(z), z1 = v128.load(z, 16);
      const s0 = v128.load(s), s1 = v128.load(s, 16);
      const t0 = v128.load(s + pitch), t1 = v128.load(s + pitch, 16);
      const y0 = smooth<Kind>(fma(z0, s0, t0), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      const y1 = smooth<Kind>(fma(z1, s1, t1), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      v128.store(y, y0), v128.store(y, y1, 16);
      z += 32, y += 32, s += 32;
    }
    for (; c < channels; c++) {
      store<f32>(y, smoothScalar<Kind>(load<f32>(z) * load<f32>(s) + load<f32>(s + pitch)));
      z += 4, y += 4, s += 4;
    }
  }
}

function scaleRows(z: usize, y: usize, rows: i32, channels: i32, scaleShift: usize): void {
  const pitch = floats(channels);
  for (let r = 0; r < rows; r++) {
    let s = scaleShift, c = 0;
    for (; c + 8 <= channels; c += 8) {
      const z0 = v128.load(z), z1 = v128.load(z, 16);
      const s0 = v128.load(s), s1 = v128.load(s, 16);
      const t0 = v128.load(s + pitch), t1 = v128.load(s + pitch, 16);
      const y0 = fma(z0, s0, t0), y1 = fma(z1, s1, t1);
      v128.store(y, y0), v128.store(y, y1, 16);
      z += 32, y += 32, s += 32;
    }
    for (; c < channels; c++) {
      store<f32>(y, load<f32>(z) * load<f32>(s) + load<f32>(s + pitch));
      z += 4, y += 4, s += 4;
    }
  }
}

/** Each channel times its factor. */
export function multiplyRows(x: usize, out: usize, rows: i32, channels: i32, scale: usize): void {
  for (let r = 0; r < rows; r++) {
    let s = scale, c = 0;
    for (; c + 8 <= channels; c += 8) {
      const x0 = v128.load(x), x1 = v128.load(x, 16);
      const y0 = f32x4.mul(x0, v128.load(s)), y1 = f32x4.mul(x1, v128.load(s, 16));
      v128.store(out, y0), v128.store(out, y1, 16);
      x += 32, out += 32, s += 32;
    }
    for (; c < channels; c++) {
      store<f32>(out, load<f32>(x) * load<f32>(s));
      x += 4, out += 4, s += 4;
    }
  }
}

/** y = activation(scale·z + shift + residual), of an activation that does not bend. */
export function normalizeAddRows(
  z: usize, residual: usize, y: usize, rows: i32, channels: i32, scaleShift: usize, activation: i32,
): void {
  const pitch = floats(channels);
  const bound = upperBound(activation), upper = f32x4.splat(bound);
  const bounded = activation != LINEAR;
  for (let r = 0; r < rows; r++) {
    let s = scaleShift, c = 0;
    for (; c + 8 <= channels; c += 8) {
      const z0 = v128.load(z), z1 = v128.load(z, 16);
      const s0 = v128.load(s), s1 = v128.load(s, 16);
      const t0 = v128.load(s + pitch), t1 = v128.load(s + pitch, 16);
      const r0 = v128.load(residual), r1 = v128.load(residual, 16);
      let y0 = f32x4.add(fma(z0, s0, t0), r0), y1 = f32x4.add(fma(z1, s1, t1), r1);
      if (bounded) y0 = clamp(y0, upper), y1 = clamp(y1, upper);
      v128.store(y, y0), v128.store(y, y1, 16);
      z += 32, y += 32, s += 32, residual += 32;
    }
    for (; c < channels; c++) {
      let v = load<f32>(z) * load<f32>(s) + load<f32>(s + pitch) + load<f32>(residual);
      if (bounded) v = clampScalar(v, bound);
      store<f32>(y, v);
      z += 4, y += 4, s += 4, residual += 4;
    }
  }
}

/**
 * rows of dz from rows of d and z. `coefficients` is A, B, C; `scaleShift` gives the sign of y back
 * where there is an activation, so that y itself need not be kept.
 */
export function normalizeGradientRows(
  d: usize, z: usize, dz: usize, rows: i32, channels: i32,
  coefficients: usize, scaleShift: usize, activation: i32,
): void {
  const pitch = floats(channels);
  if (activation == LINEAR) {
    for (let r = 0; r < rows; r++) {
      let k = coefficients, c = 0;
      for (; c + 8 <= channels; c += 8) {
        const a0 = v128.load(k), a1 = v128.load(k, 16);
        const b0 = v128.load(k + pitch), b1 = v128.load(k + pitch, 16);
        const c0 = v128.load(k + 2 * pitch), c1 = v128.load(k + 2 * pitch, 16);
        const d0 = v128.load(d), d1 = v128.load(d, 16);
        const z0 = v128.load(z), z1 = v128.load(z, 16);
        const g0 = fma(d0, a0, fma(z0, b0, c0)), g1 = fma(d1, a1, fma(z1, b1, c1));
        v128.store(dz, g0), v128.store(dz, g1, 16);
        d += 32, z += 32, dz += 32, k += 32;
      }
      for (; c < channels; c++) {
        const rest = load<f32>(z) * load<f32>(k + pitch) + load<f32>(k + 2 * pitch);
        store<f32>(dz, load<f32>(d) * load<f32>(k) + rest);
        d += 4, z += 4, dz += 4, k += 4;
      }
    }
    return;
  }
  if (isSmooth(activation)) {
    if (activation == HARD_SWISH) {
      smoothGradientRows<HardSwish>(d, z, dz, rows, channels, coefficients, scaleShift);
    } else if (activation == SILU) {
      smoothGradientRows<Silu>(d, z, dz, rows, channels, coefficients, scaleShift);
    } else if (activation == HARD_SIGMOID) {
      smoothGradientRows<HardSigmoid>(d, z, dz, rows, channels, coefficients, scaleShift);
    } else smoothGradientRows<Sigmoid>(d, z, dz, rows, channels, coefficients, scaleShift);
    return;
  }
  const bound = upperBound(activation), upper = f32x4.splat(bound);
  for (let r = 0; r < rows; r++) {
    let k = coefficients, s = scaleShift, c = 0;
    for (; c + 8 <= channels; c += 8) {
      const a0 = v128.load(k), a1 = v128.load(k, 16);
      const b0 = v128.load(k + pitch), b1 = v128.load(k + pitch, 16);
      const c0 = v128.load(k + 2 * pitch), c1 = v128.load(k + 2 * pitch, 16);
      const s0 = v128.load(s), s1 = v128.load(s, 16);
      const t0 = v128.load(s + pitch), t1 = v128.load(s + pitch, 16);
      const z0 = v128.load(z), z1 = v128.load(z, 16);
      const m0 = passes(fma(z0, s0, t0), upper), m1 = passes(fma(z1, s1, t1), upper);
      const d0 = v128.and(v128.load(d), m0), d1 = v128.and(v128.load(d, 16), m1);
      const g0 = fma(d0, a0, fma(z0, b0, c0)), g1 = fma(d1, a1, fma(z1, b1, c1));
      v128.store(dz, g0), v128.store(dz, g1, 16);
      d += 32, z += 32, dz += 32, k += 32, s += 32;
    }
    for (; c < channels; c++) {
      const y = load<f32>(z) * load<f32>(s) + load<f32>(s + pitch);
      const passed = y > 0 && y < bound ? load<f32>(d) : 0;
      const rest = load<f32>(z) * load<f32>(k + pitch) + load<f32>(k + 2 * pitch);
      store<f32>(dz, passed * load<f32>(k) + rest);
      d += 4, z += 4, dz += 4, k += 4, s += 4;
    }
  }
}

function smoothGradientRows<Kind>(
  d: usize, z: usize, dz: usize, rows: i32, channels: i32,
  coefficients: usize, scaleShift: usize,
): void {
  const k0 = constant<Kind>(0), k1 = constant<Kind>(1), k2 = constant<Kind>(2);
  const k3 = constant<Kind>(3), k4 = constant<Kind>(4), k5 = constant<Kind>(5);
  const k6 = constant<Kind>(6), k7 = constant<Kind>(7), k8 = constant<Kind>(8);
  const k9 = constant<Kind>(9), k10 = constant<Kind>(10);
  const pitch = floats(channels);
  for (let r = 0; r < rows; r++) {
    let k = coefficients, s = scaleShift, c = 0;
    for (; c + 8 <= channels; c += 8) {
      const a0 = v128.load(k), a1 = v128.load(k, 16);
      const b0 = v128.load(k + pitch), b1 = v128.load(k + pitch, 16);
      const c0 = v128.load(k + 2 * pitch), c1 = v128.load(k + 2 * pitch, 16);
      const s0 = v128.load(s), s1 = v128.load(s, 16);
      const t0 = v128.load(s + pitch), t1 = v128.load(s + pitch, 16);
      const z0 = v128.load(z), z1 = v128.load(z, 16);
      const p0 = slope<Kind>(fma(z0, s0, t0), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      const p1 = slope<Kind>(fma(z1, s1, t1), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      const d0 = f32x4.mul(v128.load(d), p0), d1 = f32x4.mul(v128.load(d, 16), p1);
      const g0 = fma(d0, a0, fma(z0, b0, c0)), g1 = fma(d1, a1, fma(z1, b1, c1));
      v128.store(dz, g0), v128.store(dz, g1, 16);
      d += 32, z += 32, dz += 32, k += 32, s += 32;
    }
    for (; c < channels; c++) {
      const y = load<f32>(z) * load<f32>(s) + load<f32>(s + pitch);
      const passed = load<f32>(d) * slopeScalar<Kind>(y);
      const rest = load<f32>(z) * load<f32>(k + pitch) + load<f32>(k + 2 * pitch);
      store<f32>(dz, passed * load<f32>(k) + rest);
      d += 4, z += 4, dz += 4, k += 4, s += 4;
    }
  }
}
