/** One row of a depthwise convolution, eight channels at a time so that weights stay in registers. */
import { floats, fma, zero } from "./simd";

/** A tap of a row: where its first pixel and its weights (`channels` floats) lie. */
@unmanaged
export class Tap {
  pixels: usize;
  weights: usize;
}

export const TAP_SIZE: usize = 8;

/**
 * out[x] = Σ over taps of pixels[x·step]·weights. Steps are bytes from one pixel to the next. Zero
 * taps write zeros.
 */
export function depthwiseRow(
  taps: usize, count: i32, out: usize, outStep: usize, width: i32, step: usize, channels: i32,
): void {
  if (count == 9) {
    depthwiseRow9(taps, out, outStep, width, step, channels);
    return;
  }
  const end = taps + <usize>count * TAP_SIZE;
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    let to = out + floats(c), offset = floats(c);
    for (let x = 0; x < width; x++) {
      let sum0 = zero(), sum1 = zero();
      for (let t = taps; t < end; t += TAP_SIZE) {
        const p = changetype<Tap>(t).pixels + offset;
        const w = changetype<Tap>(t).weights + floats(c);
        sum0 = fma(v128.load(p), v128.load(w), sum0);
        sum1 = fma(v128.load(p, 16), v128.load(w, 16), sum1);
      }
      v128.store(to, sum0), v128.store(to, sum1, 16);
      to += outStep, offset += step;
    }
  }
  depthwiseRowTail(taps, end, out, outStep, width, step, channels, c);
}

/** 3×3, the common case. */
function depthwiseRow9(
  taps: usize, out: usize, outStep: usize, width: i32, step: usize, channels: i32,
): void {
  const first = changetype<Tap>(taps), p1 = changetype<Tap>(taps + TAP_SIZE);
  const p2 = changetype<Tap>(taps + 2 * TAP_SIZE), p3 = changetype<Tap>(taps + 3 * TAP_SIZE);
  const p4 = changetype<Tap>(taps + 4 * TAP_SIZE), p5 = changetype<Tap>(taps + 5 * TAP_SIZE);
  const p6 = changetype<Tap>(taps + 6 * TAP_SIZE), p7 = changetype<Tap>(taps + 7 * TAP_SIZE);
  const p8 = changetype<Tap>(taps + 8 * TAP_SIZE);
  const dx = p1.pixels - first.pixels, dx2 = p2.pixels - first.pixels;
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    const o = floats(c);
    const w00 = v128.load(first.weights + o), w01 = v128.load(first.weights + o, 16);
    const w10 = v128.load(p1.weights + o), w11 = v128.load(p1.weights + o, 16);
    const w20 = v128.load(p2.weights + o), w21 = v128.load(p2.weights + o, 16);
    const w30 = v128.load(p3.weights + o), w31 = v128.load(p3.weights + o, 16);
    const w40 = v128.load(p4.weights + o), w41 = v128.load(p4.weights + o, 16);
    const w50 = v128.load(p5.weights + o), w51 = v128.load(p5.weights + o, 16);
    const w60 = v128.load(p6.weights + o), w61 = v128.load(p6.weights + o, 16);
    const w70 = v128.load(p7.weights + o), w71 = v128.load(p7.weights + o, 16);
    const w80 = v128.load(p8.weights + o), w81 = v128.load(p8.weights + o, 16);
    let top = first.pixels + o, middle = p3.pixels + o, bottom = p6.pixels + o;
    let to = out + o;
    for (let x = 0; x < width; x++) {
      // Two sums, so that the additions of one need not wait for the other's.
      let even0 = f32x4.mul(v128.load(top), w00), even1 = f32x4.mul(v128.load(top, 16), w01);
      let odd0 = f32x4.mul(v128.load(top + dx), w10), odd1 = f32x4.mul(v128.load(top + dx, 16), w11);
      even0 = fma(v128.load(top + dx2), w20, even0), even1 = fma(v128.load(top + dx2, 16), w21, even1);
      odd0 = fma(v128.load(middle), w30, odd0), odd1 = fma(v128.load(middle, 16), w31, odd1);
      even0 = fma(v128.load(middle + dx), w40, even0);
      even1 = fma(v128.load(middle + dx, 16), w41, even1);
      odd0 = fma(v128.load(middle + dx2), w50, odd0);
      odd1 = fma(v128.load(middle + dx2, 16), w51, odd1);
      even0 = fma(v128.load(bottom), w60, even0), even1 = fma(v128.load(bottom, 16), w61, even1);
      odd0 = fma(v128.load(bottom + dx), w70, odd0);
      odd1 = fma(v128.load(bottom + dx, 16), w71, odd1);
      even0 = fma(v128.load(bottom + dx2), w80, even0);
      even1 = fma(v128.load(bottom + dx2, 16), w81, even1);
      const y0 = f32x4.add(even0, odd0), y1 = f32x4.add(even1, odd1);
      v128.store(to, y0), v128.store(to, y1, 16);
      top += step, middle += step, bottom += step, to += outStep;
    }
  }
  depthwiseRowTail(taps, taps + 9 * TAP_SIZE, out, outStep, width, step, channels, c);
}

function depthwiseRowTail(
  taps: usize, end: usize, out: usize, outStep: usize, width: i32, step: usize,
  channels: i32, first: i32,
): void {
  for (let c = first; c < channels; c++) {
    let to = out + floats(c), offset = floats(c);
    for (let x = 0; x < width; x++) {
      let sum: f32 = 0;
      for (let t = taps; t < end; t += TAP_SIZE) {
        const tap = changetype<Tap>(t);
        sum += load<f32>(tap.pixels + offset) * load<f32>(tap.weights + floats(c));
      }
      store<f32>(to, sum);
      to += outStep, offset += step;
    }
  }
}

/** For each tap: its weights' gradient += Σ over x of pixels[x·step]·gradient[x]. */
export function depthwiseRowFilterGradient(
  taps: usize, count: i32, gradient: usize, width: i32, step: usize, channels: i32,
): void {
  let t = 0;
  for (; t + 3 <= count; t += 3) {
    threeTaps(taps + <usize>t * TAP_SIZE, gradient, width, step, channels);
  }
  for (; t < count; t++) oneTap(taps + <usize>t * TAP_SIZE, gradient, width, step, channels);
}

function threeTaps(taps: usize, gradient: usize, width: i32, step: usize, channels: i32): void {
  const pitch = floats(channels);
  const a = changetype<Tap>(taps), b = changetype<Tap>(taps + TAP_SIZE);
  const d = changetype<Tap>(taps + 2 * TAP_SIZE);
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    const o = floats(c);
    let pa = a.pixels + o, pb = b.pixels + o, pd = d.pixels + o, g = gradient + o;
    let a0 = v128.load(a.weights + o), a1 = v128.load(a.weights + o, 16);
    let b0 = v128.load(b.weights + o), b1 = v128.load(b.weights + o, 16);
    let d0 = v128.load(d.weights + o), d1 = v128.load(d.weights + o, 16);
    for (let x = 0; x < width; x++) {
      const g0 = v128.load(g), g1 = v128.load(g, 16);
      a0 = fma(v128.load(pa), g0, a0), a1 = fma(v128.load(pa, 16), g1, a1);
      b0 = fma(v128.load(pb), g0, b0), b1 = fma(v128.load(pb, 16), g1, b1);
      d0 = fma(v128.load(pd), g0, d0), d1 = fma(v128.load(pd, 16), g1, d1);
      pa += step, pb += step, pd += step, g += pitch;
    }
    v128.store(a.weights + o, a0), v128.store(a.weights + o, a1, 16);
    v128.store(b.weights + o, b0), v128.store(b.weights + o, b1, 16);
    v128.store(d.weights + o, d0), v128.store(d.weights + o, d1, 16);
  }
  for (let t: usize = 0; t < 3; t++) {
    tapTail(taps + t * TAP_SIZE, gradient, width, step, channels, c);
  }
}

function oneTap(tap: usize, gradient: usize, width: i32, step: usize, channels: i32): void {
  const pitch = floats(channels), a = changetype<Tap>(tap);
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    const o = floats(c);
    let p = a.pixels + o, g = gradient + o;
    let a0 = v128.load(a.weights + o), a1 = v128.load(a.weights + o, 16);
    for (let x = 0; x < width; x++) {
      const g0 = v128.load(g), g1 = v128.load(g, 16);
      a0 = fma(v128.load(p), g0, a0), a1 = fma(v128.load(p, 16), g1, a1);
      p += step, g += pitch;
    }
    v128.store(a.weights + o, a0), v128.store(a.weights + o, a1, 16);
  }
  tapTail(tap, gradient, width, step, channels, c);
}

function tapTail(
  tap: usize, gradient: usize, width: i32, step: usize, channels: i32, first: i32,
): void {
  const a = changetype<Tap>(tap);
  for (let c = first; c < channels; c++) {
    const o = floats(c);
    let p = a.pixels + o, g = gradient + o, sum = load<f32>(a.weights + o);
    for (let x = 0; x < width; x++) {
      sum += load<f32>(p) * load<f32>(g);
      p += step, g += floats(channels);
    }
    store<f32>(a.weights + o, sum);
  }
}
