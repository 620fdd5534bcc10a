/**
 * Sums over rows for batch norm, added to partial sums that belong to one chunk. Kernels that
 * produce a tensor call these on each block while it is still in cache.
 */
import {
  constant, HardSigmoid, HardSwish, Sigmoid, Silu, slope, slopeScalar,
} from "./activation";
import {
  GRADIENT_STATISTICS_VECTORS, GradientStatistics, HARD_SIGMOID, HARD_SWISH, LINEAR, SIGMOID, SILU,
} from "./generated_abi";
import { floats, fma, passes, upperBound, zero } from "./simd";

/**
 * Batch statistics of a chunk: vectors `origin`, Σ(z - origin) and Σ(z - origin)². The origin is
 * the chunk's first row, so that a mean far from zero costs no precision.
 */
export function startStatistics(firstRow: usize, channels: i32, partial: usize): void {
  memory.copy(partial, firstRow, floats(channels));
  memory.fill(partial + floats(channels), 0, floats(2 * channels));
}

/** `pitch`: bytes from one row to the next; `all`: channels of the tensor, hence of the vectors. */
export function addStatistics(
  z: usize, pitch: usize, rows: i32, channels: i32, partial: usize, all: i32,
): void {
  const vector = floats(all);
  let c = 0;
  // Sixteen at once, as each addition waits for the one before it.
  for (; c + 16 <= channels; c += 16) {
    let p = z + floats(c);
    const q = partial + floats(c);
    const o0 = v128.load(q), o1 = v128.load(q, 16), o2 = v128.load(q, 32), o3 = v128.load(q, 48);
    let sum0 = zero(), sum1 = zero(), square0 = zero(), square1 = zero();
    let sum2 = zero(), sum3 = zero(), square2 = zero(), square3 = zero();
    for (let r = 0; r < rows; r++) {
      const x0 = f32x4.sub(v128.load(p), o0), x1 = f32x4.sub(v128.load(p, 16), o1);
      sum0 = f32x4.add(sum0, x0), sum1 = f32x4.add(sum1, x1);
      square0 = fma(x0, x0, square0), square1 = fma(x1, x1, square1);
      const x2 = f32x4.sub(v128.load(p, 32), o2), x3 = f32x4.sub(v128.load(p, 48), o3);
      sum2 = f32x4.add(sum2, x2), sum3 = f32x4.add(sum3, x3);
      square2 = fma(x2, x2, square2), square3 = fma(x3, x3, square3);
      p += pitch;
    }
    addPair(q + vector, sum0, sum1);
    addPair(q + vector + 32, sum2, sum3);
    addPair(q + 2 * vector, square0, square1);
    addPair(q + 2 * vector + 32, square2, square3);
  }
  for (; c + 8 <= channels; c += 8) {
    let p = z + floats(c);
    const q = partial + floats(c);
    const o0 = v128.load(q), o1 = v128.load(q, 16);
    let sum0 = zero(), sum1 = zero(), square0 = zero(), square1 = zero();
    for (let r = 0; r < rows; r++) {
      const x0 = f32x4.sub(v128.load(p), o0), x1 = f32x4.sub(v128.load(p, 16), o1);
      sum0 = f32x4.add(sum0, x0), sum1 = f32x4.add(sum1, x1);
      square0 = fma(x0, x0, square0), square1 = fma(x1, x1, square1);
      p += pitch;
    }
    addPair(q + vector, sum0, sum1);
    addPair(q + 2 * vector, square0, square1);
  }
  for (; c < channels; c++) {
    let p = z + floats(c);
    const q = partial + floats(c);
    const origin = load<f32>(q);
    let sum: f32 = 0, square: f32 = 0;
    for (let r = 0; r < rows; r++) {
      const x = load<f32>(p) - origin;
      sum += x;
      square += x * x;
      p += pitch;
    }
    addScalar(q + vector, sum);
    addScalar(q + 2 * vector, square);
  }
}

/**
 * Whether d is overwritten by what the activation passes of it, as types for the reason that
 * activation.ts gives: whoever reads it next need not ask the activation again.
 */
type Kept = u8;
type Overwritten = u16;

/**
 * Gradient statistics of a chunk: vectors Σd and Σd·(z - mean), where d counts only where the
 * activation of scale·z + shift passes it.
 */
export function addGradientStatistics(
  d: usize, z: usize, rows: i32, channels: i32,
  mean: usize, scaleShift: usize, activation: i32, partial: usize,
): void {
  addStatisticsOf<Kept>(d, z, rows, channels, channels, mean, scaleShift, activation, partial);
}

/** Of the first `columns` of all `channels`: everything begins at the first of them. */
function addStatisticsOf<Fate>(
  d: usize, z: usize, rows: i32, columns: i32, channels: i32,
  mean: usize, scaleShift: usize, activation: i32, partial: usize,
): void {
  if (activation == LINEAR) {
    addLinearGradientStatistics(d, z, rows, columns, channels, mean, partial);
  } else if (activation == HARD_SWISH) {
    addSmoothGradientStatistics<HardSwish, Fate>(d, z, rows, columns, channels, mean, scaleShift, partial);
  } else if (activation == SILU) {
    addSmoothGradientStatistics<Silu, Fate>(d, z, rows, columns, channels, mean, scaleShift, partial);
  } else if (activation == HARD_SIGMOID) {
    addSmoothGradientStatistics<HardSigmoid, Fate>(d, z, rows, columns, channels, mean, scaleShift, partial);
  } else if (activation == SIGMOID) {
    addSmoothGradientStatistics<Sigmoid, Fate>(d, z, rows, columns, channels, mean, scaleShift, partial);
  } else addBoundGradientStatistics<Fate>(d, z, rows, columns, channels, mean, scaleShift, activation, partial);
}

function addBoundGradientStatistics<Fate>(
  d: usize, z: usize, rows: i32, columns: i32, channels: i32,
  mean: usize, scaleShift: usize, activation: i32, partial: usize,
): void {
  const pitch = floats(channels), bound = upperBound(activation), upper = f32x4.splat(bound);
  let c = 0;
  for (; c + 16 <= columns; c += 16) {
    const o = floats(c), q = partial + o;
    let pd = d + o, pz = z + o;
    const m0 = v128.load(mean + o), m1 = v128.load(mean + o, 16);
    const m2 = v128.load(mean + o, 32), m3 = v128.load(mean + o, 48);
    const s = scaleShift + o, t = s + pitch;
    const s0 = v128.load(s), s1 = v128.load(s, 16), s2 = v128.load(s, 32), s3 = v128.load(s, 48);
    const t0 = v128.load(t), t1 = v128.load(t, 16), t2 = v128.load(t, 32), t3 = v128.load(t, 48);
    let sum0 = zero(), sum1 = zero(), dot0 = zero(), dot1 = zero();
    let sum2 = zero(), sum3 = zero(), dot2 = zero(), dot3 = zero();
    for (let r = 0; r < rows; r++) {
      const z0 = v128.load(pz), z1 = v128.load(pz, 16);
      const p0 = passes(fma(z0, s0, t0), upper), p1 = passes(fma(z1, s1, t1), upper);
      const d0 = v128.and(v128.load(pd), p0), d1 = v128.and(v128.load(pd, 16), p1);
      if (sizeof<Fate>() == sizeof<Overwritten>()) v128.store(pd, d0), v128.store(pd, d1, 16);
      sum0 = f32x4.add(sum0, d0), sum1 = f32x4.add(sum1, d1);
      const x0 = f32x4.sub(z0, m0), x1 = f32x4.sub(z1, m1);
      dot0 = fma(d0, x0, dot0), dot1 = fma(d1, x1, dot1);
      const z2 = v128.load(pz, 32), z3 = v128.load(pz, 48);
      const p2 = passes(fma(z2, s2, t2), upper), p3 = passes(fma(z3, s3, t3), upper);
      const d2 = v128.and(v128.load(pd, 32), p2), d3 = v128.and(v128.load(pd, 48), p3);
      if (sizeof<Fate>() == sizeof<Overwritten>()) v128.store(pd, d2, 32), v128.store(pd, d3, 48);
      sum2 = f32x4.add(sum2, d2), sum3 = f32x4.add(sum3, d3);
      const x2 = f32x4.sub(z2, m2), x3 = f32x4.sub(z3, m3);
      dot2 = fma(d2, x2, dot2), dot3 = fma(d3, x3, dot3);
      pd += pitch, pz += pitch;
    }
    addPair(q, sum0, sum1);
    addPair(q + 32, sum2, sum3);
    addPair(q + pitch, dot0, dot1);
    addPair(q + pitch + 32, dot2, dot3);
  }
  for (; c + 8 <= columns; c += 8) {
    const o = floats(c), q = partial + o;
    let pd = d + o, pz = z + o;
    const m0 = v128.load(mean + o), m1 = v128.load(mean + o, 16);
    const s0 = v128.load(scaleShift + o), s1 = v128.load(scaleShift + o, 16);
    const t0 = v128.load(scaleShift + pitch + o), t1 = v128.load(scaleShift + pitch + o, 16);
    let sum0 = zero(), sum1 = zero(), dot0 = zero(), dot1 = zero();
    for (let r = 0; r < rows; r++) {
      const z0 = v128.load(pz), z1 = v128.load(pz, 16);
      const p0 = passes(fma(z0, s0, t0), upper), p1 = passes(fma(z1, s1, t1), upper);
      const d0 = v128.and(v128.load(pd), p0), d1 = v128.and(v128.load(pd, 16), p1);
      if (sizeof<Fate>() == sizeof<Overwritten>()) v128.store(pd, d0), v128.store(pd, d1, 16);
      sum0 = f32x4.add(sum0, d0), sum1 = f32x4.add(sum1, d1);
      const x0 = f32x4.sub(z0, m0), x1 = f32x4.sub(z1, m1);
      dot0 = fma(d0, x0, dot0), dot1 = fma(d1, x1, dot1);
      pd += pitch, pz += pitch;
    }
    addPair(q, sum0, sum1);
    addPair(q + pitch, dot0, dot1);
  }
  for (; c < columns; c++) {
    const o = floats(c), q = partial + o;
    let pd = d + o, pz = z + o, sum: f32 = 0, dot: f32 = 0;
    const scale = load<f32>(scaleShift + o), shift = load<f32>(scaleShift + pitch + o);
    for (let r = 0; r < rows; r++) {
      const y = load<f32>(pz) * scale + shift;
      const passed = y > 0 && y < bound ? load<f32>(pd) : 0;
      if (sizeof<Fate>() == sizeof<Overwritten>()) store<f32>(pd, passed);
      sum += passed;
      dot += passed * (load<f32>(pz) - load<f32>(mean + o));
      pd += pitch, pz += pitch;
    }
    addScalar(q, sum);
    addScalar(q + pitch, dot);
  }
}

function addLinearGradientStatistics(
  d: usize, z: usize, rows: i32, columns: i32, channels: i32, mean: usize, partial: usize,
): void {
  const pitch = floats(channels);
  let c = 0;
  for (; c + 8 <= columns; c += 8) {
    const o = floats(c), q = partial + o;
    let pd = d + o, pz = z + o;
    const m0 = v128.load(mean + o), m1 = v128.load(mean + o, 16);
    let sum0 = zero(), sum1 = zero(), dot0 = zero(), dot1 = zero();
    for (let r = 0; r < rows; r++) {
      const d0 = v128.load(pd), d1 = v128.load(pd, 16);
      sum0 = f32x4.add(sum0, d0), sum1 = f32x4.add(sum1, d1);
      const x0 = f32x4.sub(v128.load(pz), m0), x1 = f32x4.sub(v128.load(pz, 16), m1);
      dot0 = fma(d0, x0, dot0), dot1 = fma(d1, x1, dot1);
      pd += pitch, pz += pitch;
    }
    addPair(q, sum0, sum1);
    addPair(q + pitch, dot0, dot1);
  }
  for (; c < columns; c++) {
    const o = floats(c), q = partial + o;
    let pd = d + o, pz = z + o, sum: f32 = 0, dot: f32 = 0;
    for (let r = 0; r < rows; r++) {
      sum += load<f32>(pd);
      dot += load<f32>(pd) * (load<f32>(pz) - load<f32>(mean + o));
      pd += pitch, pz += pitch;
    }
    addScalar(q, sum);
    addScalar(q + pitch, dot);
  }
}

/** d counts as much as the activation rises there. */
function addSmoothGradientStatistics<Kind, Fate>(
  d: usize, z: usize, rows: i32, columns: i32, channels: i32,
  mean: usize, scaleShift: usize, partial: usize,
): void {
  const k0 = constant<Kind>(0), k1 = constant<Kind>(1), k2 = constant<Kind>(2);
  const k3 = constant<Kind>(3), k4 = constant<Kind>(4), k5 = constant<Kind>(5);
  const k6 = constant<Kind>(6), k7 = constant<Kind>(7), k8 = constant<Kind>(8);
  const k9 = constant<Kind>(9), k10 = constant<Kind>(10);
  const pitch = floats(channels);
  let c = 0;
  for (; c + 8 <= columns; c += 8) {
    const o = floats(c), q = partial + o;
    let pd = d + o, pz = z + o;
    const m0 = v128.load(mean + o), m1 = v128.load(mean + o, 16);
    const s0 = v128.load(scaleShift + o), s1 = v128.load(scaleShift + o, 16);
    const t0 = v128.load(scaleShift + pitch + o), t1 = v128.load(scaleShift + pitch + o, 16);
    let sum0 = zero(), sum1 = zero(), dot0 = zero(), dot1 = zero();
    let r = 0;
    for (; r + 2 <= rows; r += 2) {
      const z0 = v128.load(pz), z1 = v128.load(pz, 16);
      const p0 = slope<Kind>(fma(z0, s0, t0), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      const p1 = slope<Kind>(fma(z1, s1, t1), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      const d0 = f32x4.mul(v128.load(pd), p0), d1 = f32x4.mul(v128.load(pd, 16), p1);
      if (sizeof<Fate>() == sizeof<Overwritten>()) v128.store(pd, d0), v128.store(pd, d1, 16);
      sum0 = f32x4.add(sum0, d0), sum1 = f32x4.add(sum1, d1);
      const x0 = f32x4.sub(z0, m0), x1 = f32x4.sub(z1, m1);
      dot0 = fma(d0, x0, dot0), dot1 = fma(d1, x1, dot1);
      pd += pitch, pz += pitch;
      const z2 = v128.load(pz), z3 = v128.load(pz, 16);
      const p2 = slope<Kind>(fma(z2, s0, t0), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      const p3 = slope<Kind>(fma(z3, s1, t1), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      const d2 = f32x4.mul(v128.load(pd), p2), d3 = f32x4.mul(v128.load(pd, 16), p3);
      if (sizeof<Fate>() == sizeof<Overwritten>()) v128.store(pd, d2), v128.store(pd, d3, 16);
      sum0 = f32x4.add(sum0, d2), sum1 = f32x4.add(sum1, d3);
      const x2 = f32x4.sub(z2, m0), x3 = f32x4.sub(z3, m1);
      dot0 = fma(d2, x2, dot0), dot1 = fma(d3, x3, dot1);
      pd += pitch, pz += pitch;
    }
    if (r < rows) {
      const z0 = v128.load(pz), z1 = v128.load(pz, 16);
      const p0 = slope<Kind>(fma(z0, s0, t0), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      const p1 = slope<Kind>(fma(z1, s1, t1), k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10);
      const d0 = f32x4.mul(v128.load(pd), p0), d1 = f32x4.mul(v128.load(pd, 16), p1);
      if (sizeof<Fate>() == sizeof<Overwritten>()) v128.store(pd, d0), v128.store(pd, d1, 16);
      sum0 = f32x4.add(sum0, d0), sum1 = f32x4.add(sum1, d1);
      const x0 = f32x4.sub(z0, m0), x1 = f32x4.sub(z1, m1);
      dot0 = fma(d0, x0, dot0), dot1 = fma(d1, x1, dot1);
      pd += pitch, pz += pitch;
    }
    addPair(q, sum0, sum1);
    addPair(q + pitch, dot0, dot1);
  }
  for (; c < columns; c++) {
    const o = floats(c), q = partial + o;
    let pd = d + o, pz = z + o, sum: f32 = 0, dot: f32 = 0;
    const scale = load<f32>(scaleShift + o), shift = load<f32>(scaleShift + pitch + o);
    for (let r = 0; r < rows; r++) {
      const passed = load<f32>(pd) * slopeScalar<Kind>(load<f32>(pz) * scale + shift);
      if (sizeof<Fate>() == sizeof<Overwritten>()) store<f32>(pd, passed);
      sum += passed;
      dot += passed * (load<f32>(pz) - load<f32>(mean + o));
      pd += pitch, pz += pitch;
    }
    addScalar(q, sum);
    addScalar(q + pitch, dot);
  }
}

/** out = d where 0 < y < upper, else 0. */
export function mask(d: usize, y: usize, out: usize, count: i32, activation: i32): void {
  const bound = upperBound(activation), upper = f32x4.splat(bound);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const m0 = passes(v128.load(y), upper), m1 = passes(v128.load(y, 16), upper);
    const x0 = v128.and(v128.load(d), m0), x1 = v128.and(v128.load(d, 16), m1);
    v128.store(out, x0), v128.store(out, x1, 16);
    d += 32, y += 32, out += 32;
  }
  for (; i < count; i++) {
    const value = load<f32>(y);
    store<f32>(out, value > 0 && value < bound ? load<f32>(d) : 0);
    d += 4, y += 4, out += 4;
  }
}

/**
 * Adds rows of d, which lie at row `first` of the tensor, to the partial sums of a chunk, and leaves
 * in their place what the activation passes of them.
 */
export function addRowsToGradientStatistics(
  statistics: GradientStatistics, chunk: i32, d: usize, first: i32, rows: i32, channels: i32,
): void {
  addColumnsToGradientStatistics(statistics, chunk, d, first, rows, 0, channels, channels);
}

/** The same of `columns` channels from c0 on; d is where these begin. */
export function addColumnsToGradientStatistics(
  statistics: GradientStatistics, chunk: i32, d: usize, first: i32, rows: i32,
  c0: i32, columns: i32, channels: i32,
): void {
  const o = floats(c0), pitch = floats(channels), offset = <usize>first * pitch + o;
  const z = statistics.z + offset, mean = statistics.mean + o;
  const partial = statistics.partials + floats(chunk * GRADIENT_STATISTICS_VECTORS * channels) + o;
  if (statistics.y) {
    const y = statistics.y + offset;
    if (columns == channels) mask(d, y, d, rows * channels, statistics.activation);
    else {
      for (let r = 0; r < rows; r++) {
        const at = d + <usize>r * pitch;
        mask(at, y + <usize>r * pitch, at, columns, statistics.activation);
      }
    }
    addLinearGradientStatistics(d, z, rows, columns, channels, mean, partial);
    return;
  }
  addStatisticsOf<Overwritten>(
    d, z, rows, columns, channels, mean, statistics.scaleShift + o, statistics.activation, partial,
  );
}

// @ts-ignore: decorator
@inline
function addPair(p: usize, x0: v128, x1: v128): void {
  const y0 = f32x4.add(v128.load(p), x0), y1 = f32x4.add(v128.load(p, 16), x1);
  v128.store(p, y0), v128.store(p, y1, 16);
}

// @ts-ignore: decorator
@inline
function addScalar(p: usize, x: f32): void {
  store<f32>(p, load<f32>(p) + x);
}
