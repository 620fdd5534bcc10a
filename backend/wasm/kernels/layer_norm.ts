/** Layer normalisation of rows, and its gradients. One chunk is a range of rows. */
import { layerNormArguments, layerNormGradientArguments } from "./generated_arguments";
import { fillZero, floats, fma, zero } from "./simd";

export function layerNormChunk(chunk: i32, _thread: i32): void {
  const args = layerNormArguments();
  const channels = args.channels, pitch = floats(channels);
  const first = chunk * args.rowsPerChunk, last = min(args.rows, first + args.rowsPerChunk);
  const share: f32 = <f32>1 / <f32>channels;
  let x = args.x + <usize>first * pitch, out = args.out + <usize>first * pitch;
  let statistics = args.statistics + floats(2 * first);
  for (let row = first; row < last; row++) {
    const mean = sum(x, channels) * share;
    const variance = squares(x, channels, mean) * share;
    const scale: f32 = <f32>1 / sqrt<f32>(variance + args.epsilon);
    normalize(x, out, channels, mean, scale, args.weight, args.bias);
    store<f32>(statistics, mean), store<f32>(statistics, scale, 4);
    x += pitch, out += pitch, statistics += 8;
  }
}

/**
 * dx = scale·(g - mean(g) - n·mean(g·n)), where n are the normalised values and g = dy·weight; and
 * sums over rows of dy·n and of dy.
 */
export function layerNormGradientChunk(chunk: i32, _thread: i32): void {
  const args = layerNormGradientArguments();
  const channels = args.channels, pitch = floats(channels);
  const first = chunk * args.rowsPerChunk, last = min(args.rows, first + args.rowsPerChunk);
  const share: f32 = <f32>1 / <f32>channels;
  let x = args.x + <usize>first * pitch, dy = args.dy + <usize>first * pitch;
  let dx = args.dx + <usize>first * pitch, statistics = args.statistics + floats(2 * first);
  const dweight = args.dweight + <usize>chunk * pitch, dbias = args.dbias + <usize>chunk * pitch;
  fillZero(dweight, channels), fillZero(dbias, channels);
  for (let row = first; row < last; row++) {
    const mean = load<f32>(statistics), scale = load<f32>(statistics, 4);
    addRow(x, dy, dx, channels, mean, scale, args.weight, dweight, dbias, share);
    x += pitch, dy += pitch, dx += pitch, statistics += 8;
  }
}

function addRow(
  x: usize, dy: usize, dx: usize, channels: i32, mean: f32, scale: f32,
  weight: usize, dweight: usize, dbias: usize, share: f32,
): void {
  const means = f32x4.splat(mean), scales = f32x4.splat(scale);
  let plain0 = zero(), plain1 = zero(), product0 = zero(), product1 = zero();
  let o: usize = 0, c = 0;
  for (; c + 8 <= channels; c += 8) {
    const x0 = v128.load(x + o), x1 = v128.load(x + o, 16);
    const d0 = v128.load(dy + o), d1 = v128.load(dy + o, 16);
    const w0 = v128.load(weight + o), w1 = v128.load(weight + o, 16);
    const n0 = f32x4.mul(f32x4.sub(x0, means), scales);
    const n1 = f32x4.mul(f32x4.sub(x1, means), scales);
    const g0 = f32x4.mul(d0, w0), g1 = f32x4.mul(d1, w1);
    plain0 = f32x4.add(plain0, g0), plain1 = f32x4.add(plain1, g1);
    product0 = fma(g0, n0, product0), product1 = fma(g1, n1, product1);
    const a0 = v128.load(dweight + o), a1 = v128.load(dweight + o, 16);
    const b0 = v128.load(dbias + o), b1 = v128.load(dbias + o, 16);
    const e0 = fma(d0, n0, a0), e1 = fma(d1, n1, a1);
    v128.store(dweight + o, e0), v128.store(dweight + o, e1, 16);
    const f0 = f32x4.add(b0, d0), f1 = f32x4.add(b1, d1);
    v128.store(dbias + o, f0), v128.store(dbias + o, f1, 16);
    o += 32;
  }
  let plain = across(plain0, plain1), product = across(product0, product1);
  for (; c < channels; c++) {
    const d = load<f32>(dy + o), n = (load<f32>(x + o) - mean) * scale;
    const g = d * load<f32>(weight + o);
    plain += g, product += g * n;
    store<f32>(dweight + o, load<f32>(dweight + o) + d * n);
    store<f32>(dbias + o, load<f32>(dbias + o) + d);
    o += 4;
  }
  plain *= share, product *= share;
  const plains = f32x4.splat(plain), products = f32x4.splat(-product);
  o = 0, c = 0;
  for (; c + 8 <= channels; c += 8) {
    const x0 = v128.load(x + o), x1 = v128.load(x + o, 16);
    const d0 = v128.load(dy + o), d1 = v128.load(dy + o, 16);
    const w0 = v128.load(weight + o), w1 = v128.load(weight + o, 16);
    const n0 = f32x4.mul(f32x4.sub(x0, means), scales);
    const n1 = f32x4.mul(f32x4.sub(x1, means), scales);
    const g0 = f32x4.sub(f32x4.mul(d0, w0), plains), g1 = f32x4.sub(f32x4.mul(d1, w1), plains);
    const r0 = f32x4.mul(fma(n0, products, g0), scales);
    const r1 = f32x4.mul(fma(n1, products, g1), scales);
    v128.store(dx + o, r0), v128.store(dx + o, r1, 16);
    o += 32;
  }
  for (; c < channels; c++) {
    const n = (load<f32>(x + o) - mean) * scale;
    const g = load<f32>(dy + o) * load<f32>(weight + o);
    store<f32>(dx + o, scale * (g - plain - n * product));
    o += 4;
  }
}

function normalize(
  x: usize, out: usize, channels: i32, mean: f32, scale: f32, weight: usize, bias: usize,
): void {
  const means = f32x4.splat(mean), scales = f32x4.splat(scale);
  let o: usize = 0, c = 0;
  for (; c + 8 <= channels; c += 8) {
    const x0 = v128.load(x + o), x1 = v128.load(x + o, 16);
    const w0 = v128.load(weight + o), w1 = v128.load(weight + o, 16);
    const b0 = v128.load(bias + o), b1 = v128.load(bias + o, 16);
    const n0 = f32x4.mul(f32x4.sub(x0, means), scales);
    const n1 = f32x4.mul(f32x4.sub(x1, means), scales);
    const y0 = fma(n0, w0, b0), y1 = fma(n1, w1, b1);
    v128.store(out + o, y0), v128.store(out + o, y1, 16);
    o += 32;
  }
  for (; c < channels; c++) {
    const n = (load<f32>(x + o) - mean) * scale;
    store<f32>(out + o, n * load<f32>(weight + o) + load<f32>(bias + o));
    o += 4;
  }
}

function sum(x: usize, channels: i32): f32 {
  let sum0 = zero(), sum1 = zero(), c = 0;
  for (; c + 8 <= channels; c += 8) {
    sum0 = f32x4.add(sum0, v128.load(x)), sum1 = f32x4.add(sum1, v128.load(x, 16));
    x += 32;
  }
  let total = across(sum0, sum1);
  for (; c < channels; c++) {
    total += load<f32>(x);
    x += 4;
  }
  return total;
}

function squares(x: usize, channels: i32, mean: f32): f32 {
  const means = f32x4.splat(mean);
  let sum0 = zero(), sum1 = zero(), c = 0;
  for (; c + 8 <= channels; c += 8) {
    const x0 = f32x4.sub(v128.load(x), means), x1 = f32x4.sub(v128.load(x, 16), means);
    sum0 = fma(x0, x0, sum0), sum1 = fma(x1, x1, sum1);
    x += 32;
  }
  let total = across(sum0, sum1);
  for (; c < channels; c++) {
    const difference = load<f32>(x) - mean;
    total += difference * difference;
    x += 4;
  }
  return total;
}

/** The sum of eight. */
// @ts-ignore: decorator
@inline
export function across(a: v128, b: v128): f32 {
  const s = f32x4.add(a, b);
  return (f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1)) +
    (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3));
}
