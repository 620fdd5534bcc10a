/**
 * Rows of images as rows of panels: of 16 channels each, side by side, with the padding around them.
 * Kernels that go through an image panel by panel find neighbours at known distances there.
 */
import { activateRows, isSmooth } from "./activation";
import { clear } from "./gather";
import { LINEAR, NORMALIZED, NORMALIZED_GRADIENT, Source } from "./generated_abi";
import { bound, floats, fma, passes, upperBound } from "./simd";

/** Bytes of a panel's pixel, of 16 channels: those that there are not are left as they are. */
export const PIXEL: usize = 64;

/**
 * Row y of an image, channels [c0, c1) of it in panels of 16, `panelStep` bytes from one to the next: as
 * `pixels` pixels of which the first `left` and what lies beyond the row are zero.
 */
export function writePanelRows(
  source: Source, image: i32, y: i32, height: i32, width: i32, left: i32, pixels: i32,
  channels: i32, c0: i32, c1: i32, out: usize, panelStep: usize,
): void {
  const isInside = y >= 0 && y < height;
  left = isInside ? min(left, pixels) : pixels;
  const inside = isInside ? min(width, pixels - left) : 0, end = left + inside;
  for (let c = c0, panel = out; c < c1; c += 16, panel += panelStep) {
    clear(panel, left * 16);
    clear(panel + <usize>end * PIXEL, (pixels - end) * 16);
  }
  const row = <usize>((image * height + y) * width) * floats(channels) + floats(c0);
  if (inside > 0) {
    writePixels(
      source, row, inside, channels, c0, c1 - c0, out + <usize>left * PIXEL, panelStep,
    );
  }
}

/** `offset`: bytes to the first value. Of lazy gradients, those whose activation does not bend. */
function writePixels(
  source: Source, offset: usize, pixels: i32, channels: i32, c0: i32, columns: i32,
  out: usize, panelStep: usize,
): void {
  const pitch = floats(channels), values = source.values + offset;
  const scale = source.scaleShift + floats(c0);
  if (source.kind == NORMALIZED) {
    normalize(values, pitch, out, panelStep, pixels, columns, scale, source.activation);
  } else if (source.kind == NORMALIZED_GRADIENT) {
    const a = source.coefficients + floats(c0), z = source.z + offset;
    if (source.activation == LINEAR) gradient(values, z, pitch, out, panelStep, pixels, columns, a);
    else {
      const activation = source.activation;
      maskedGradient(values, z, pitch, out, panelStep, pixels, columns, a, scale, activation);
    }
  } else copyPixels(values, pitch, out, panelStep, pixels, columns);
}

function copyPixels(
  x: usize, pitch: usize, out: usize, panelStep: usize, pixels: i32, columns: i32,
): void {
  for (let i = 0; i < pixels; i++) {
    let p = x, to = out;
    for (let c = 0; c < columns; c += 8) {
      const x0 = v128.load(p), x1 = v128.load(p, 16);
      v128.store(to, x0), v128.store(to, x1, 16);
      p += 32, to += c & 8 ? panelStep - 32 : 32;
    }
    x += pitch, out += PIXEL;
  }
}

/** As normalizeRows does. */
function normalize(
  z: usize, pitch: usize, out: usize, panelStep: usize, pixels: i32, columns: i32,
  scale: usize, activation: i32,
): void {
  const isBent = isSmooth(activation), isBound = activation != LINEAR && !isBent;
  const lower = f32x4.splat(isBound ? 0 : -Infinity);
  const upper = f32x4.splat(isBound ? upperBound(activation) : <f32>Infinity);
  for (let i = 0; i < pixels; i++) {
    let p = z, s = scale, to = out, c = 0;
    for (; c + 16 <= columns; c += 16) {
      const z0 = v128.load(p), z1 = v128.load(p, 16);
      const s0 = v128.load(s), s1 = v128.load(s, 16);
      const t0 = v128.load(s + pitch), t1 = v128.load(s + pitch, 16);
      const y0 = bound(fma(z0, s0, t0), lower, upper), y1 = bound(fma(z1, s1, t1), lower, upper);
      v128.store(to, y0), v128.store(to, y1, 16);
      const z2 = v128.load(p, 32), z3 = v128.load(p, 48);
      const s2 = v128.load(s, 32), s3 = v128.load(s, 48);
      const t2 = v128.load(s + pitch, 32), t3 = v128.load(s + pitch, 48);
      const y2 = bound(fma(z2, s2, t2), lower, upper), y3 = bound(fma(z3, s3, t3), lower, upper);
      v128.store(to, y2, 32), v128.store(to, y3, 48);
      p += 64, s += 64, to += panelStep;
    }
    if (c < columns) {
      const z0 = v128.load(p), z1 = v128.load(p, 16);
      const s0 = v128.load(s), s1 = v128.load(s, 16);
      const t0 = v128.load(s + pitch), t1 = v128.load(s + pitch, 16);
      const y0 = bound(fma(z0, s0, t0), lower, upper), y1 = bound(fma(z1, s1, t1), lower, upper);
      v128.store(to, y0), v128.store(to, y1, 16);
    }
    z += pitch, out += PIXEL;
  }
  if (!isBent) return;
  out -= <usize>pixels * PIXEL;
  for (let c = 0; c < columns; c += 16) {
    activateRows(out, PIXEL, pixels, min(16, columns - c), activation);
    out += panelStep;
  }
}

/** A·d + B·z + C, as normalizeGradientRows has it. */
function gradient(
  d: usize, z: usize, pitch: usize, out: usize, panelStep: usize, pixels: i32, columns: i32,
  coefficients: usize,
): void {
  for (let i = 0; i < pixels; i++) {
    let pd = d, pz = z, k = coefficients, to = out;
    for (let c = 0; c < columns; c += 8) {
      const a0 = v128.load(k), a1 = v128.load(k, 16);
      const b0 = v128.load(k + pitch), b1 = v128.load(k + pitch, 16);
      const c0 = v128.load(k + 2 * pitch), c1 = v128.load(k + 2 * pitch, 16);
      const d0 = v128.load(pd), d1 = v128.load(pd, 16);
      const z0 = v128.load(pz), z1 = v128.load(pz, 16);
      const g0 = fma(d0, a0, fma(z0, b0, c0)), g1 = fma(d1, a1, fma(z1, b1, c1));
      v128.store(to, g0), v128.store(to, g1, 16);
      pd += 32, pz += 32, k += 32, to += c & 8 ? panelStep - 32 : 32;
    }
    d += pitch, z += pitch, out += PIXEL;
  }
}

function maskedGradient(
  d: usize, z: usize, pitch: usize, out: usize, panelStep: usize, pixels: i32, columns: i32,
  coefficients: usize, scaleShift: usize, activation: i32,
): void {
  const upper = f32x4.splat(upperBound(activation));
  for (let i = 0; i < pixels; i++) {
    let pd = d, pz = z, k = coefficients, s = scaleShift, to = out;
    for (let c = 0; c < columns; c += 8) {
      const a0 = v128.load(k), a1 = v128.load(k, 16);
      const b0 = v128.load(k + pitch), b1 = v128.load(k + pitch, 16);
      const c0 = v128.load(k + 2 * pitch), c1 = v128.load(k + 2 * pitch, 16);
      const s0 = v128.load(s), s1 = v128.load(s, 16);
      const t0 = v128.load(s + pitch), t1 = v128.load(s + pitch, 16);
      const z0 = v128.load(pz), z1 = v128.load(pz, 16);
      const m0 = passes(fma(z0, s0, t0), upper), m1 = passes(fma(z1, s1, t1), upper);
      const d0 = v128.and(v128.load(pd), m0), d1 = v128.and(v128.load(pd, 16), m1);
      const g0 = fma(d0, a0, fma(z0, b0, c0)), g1 = fma(d1, a1, fma(z1, b1, c1));
      v128.store(to, g0), v128.store(to, g1, 16);
      pd += 32, pz += 32, k += 32, s += 32, to += c & 8 ? panelStep - 32 : 32;
    }
    d += pitch, z += pitch, out += PIXEL;
  }
}
