/** x·Φ(x), and its derivative. One chunk is a range of values. */
import { errorFunction, exponential } from "./functions";
import { geluArguments, geluGradientArguments } from "./generated_arguments";
import { floats, fma } from "./simd";

const ROOT_HALF: f32 = 0.70710678118654752;
/** 1/√(2π) */
const DENSITY: f32 = 0.39894228040143268;
/** √(2/π), and what x³ counts beside x, in the form by tanh. */
const SLOPE: f32 = 0.79788456080286536;
const CUBIC: f32 = 0.044715;

export function geluChunk(chunk: i32, _thread: i32): void {
  const args = geluArguments();
  const first = chunk * args.countPerChunk, last = min(args.count, first + args.countPerChunk);
  let x = args.x + floats(first), out = args.out + floats(first);
  if (args.byTanh) return geluByTanh(x, out, last - first);
  // Blocks are of eights, and may be read and written to their end.
  for (let i = first; i < last; i += 8) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    const y0 = value(x0), y1 = value(x1);
    v128.store(out, y0), v128.store(out, y1, 16);
    x += 32, out += 32;
  }
}

function geluByTanh(x: usize, out: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    const y0 = f32x4.mul(x0, shareByTanh(x0)), y1 = f32x4.mul(x1, shareByTanh(x1));
    v128.store(out, y0), v128.store(out, y1, 16);
    x += 32, out += 32;
  }
}

export function geluGradientChunk(chunk: i32, _thread: i32): void {
  const args = geluGradientArguments();
  const first = chunk * args.countPerChunk, last = min(args.count, first + args.countPerChunk);
  let x = args.x + floats(first), dy = args.dy + floats(first), dx = args.dx + floats(first);
  if (args.byTanh) return geluGradientByTanh(x, dy, dx, last - first);
  for (let i = first; i < last; i += 8) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    const d0 = v128.load(dy), d1 = v128.load(dy, 16);
    const g0 = f32x4.mul(d0, slope(x0)), g1 = f32x4.mul(d1, slope(x1));
    v128.store(dx, g0), v128.store(dx, g1, 16);
    x += 32, dy += 32, dx += 32;
  }
}

function geluGradientByTanh(x: usize, dy: usize, dx: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    const d0 = v128.load(dy), d1 = v128.load(dy, 16);
    const g0 = f32x4.mul(d0, slopeByTanh(x0)), g1 = f32x4.mul(d1, slopeByTanh(x1));
    v128.store(dx, g0), v128.store(dx, g1, 16);
    x += 32, dy += 32, dx += 32;
  }
}

/** Φ(x) */
// @ts-ignore: decorator
@inline
function share(x: v128): v128 {
  const erf = errorFunction(f32x4.mul(x, f32x4.splat(ROOT_HALF)));
  return fma(erf, f32x4.splat(0.5), f32x4.splat(0.5));
}

// @ts-ignore: decorator
@inline
function value(x: v128): v128 {
  return f32x4.mul(x, share(x));
}

/** Φ(x) + x·φ(x) */
// @ts-ignore: decorator
@inline
function slope(x: v128): v128 {
  const density = exponential(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
  return fma(f32x4.mul(x, density), f32x4.splat(DENSITY), share(x));
}

/** (1 + tanh(z)) / 2 = 1 / (1 + exp(-2z)) with z = √(2/π)·(x + 0.044715·x³) */
// @ts-ignore: decorator
@inline
function shareByTanh(x: v128): v128 {
  const factor = fma(f32x4.mul(x, x), f32x4.splat(-2 * CUBIC * SLOPE), f32x4.splat(-2 * SLOPE));
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.mul(x, factor))));
}

/** s + x·s·(1 - s)·2z' with s the share. */
// @ts-ignore: decorator
@inline
function slopeByTanh(x: v128): v128 {
  const s = shareByTanh(x);
  const inner = fma(f32x4.mul(x, x), f32x4.splat(6 * CUBIC * SLOPE), f32x4.splat(2 * SLOPE));
  const rest = f32x4.mul(f32x4.mul(x, f32x4.sub(f32x4.splat(1), s)), inner);
  return fma(s, rest, s);
}
