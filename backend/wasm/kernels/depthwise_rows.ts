/** One row of a depthwise convolution, eight channels at a time so that weights stay in registers. */
import {
  addRow1, addRow2, addRow4, addRow6, addRow7, addRow9, depthwiseRow1, depthwiseRow2, depthwiseRow4,
  depthwiseRow6, depthwiseRow7, depthwiseRow9,
} from "./generated_depthwise_rows";
import { Tap, TAP_SIZE } from "./generated_abi";
import { floats, fma } from "./simd";

/**
 * out[x] = Σ over taps of pixels[x·step]·weights. Steps are bytes from one pixel to the next. Zero
 * taps write zeros.
 */
export function depthwiseRow(
  taps: usize, count: i32, out: usize, outStep: usize, width: i32, step: usize, channels: i32,
): void {
  if (count == 0) {
    depthwiseRowTail(taps, count, out, outStep, width, step, channels, 0);
    return;
  }
  const all = count, first = taps;
  let part = partOf(count), c = 0;
  switch (part) {
    case 1: c = depthwiseRow1(taps, out, outStep, width, step, channels); break;
    case 2: c = depthwiseRow2(taps, out, outStep, width, step, channels); break;
    case 4: c = depthwiseRow4(taps, out, outStep, width, step, channels); break;
    case 6: c = depthwiseRow6(taps, out, outStep, width, step, channels); break;
    case 7: c = depthwiseRow7(taps, out, outStep, width, step, channels); break;
    default: c = depthwiseRow9(taps, out, outStep, width, step, channels);
  }
  // What is more than registers hold is added in further passes over the row, which is in cache.
  while ((count -= part) > 0) {
    taps += <usize>part * TAP_SIZE;
    part = partOf(count);
    switch (part) {
      case 1: addRow1(taps, out, outStep, width, step, channels); break;
      case 2: addRow2(taps, out, outStep, width, step, channels); break;
      case 4: addRow4(taps, out, outStep, width, step, channels); break;
      case 6: addRow6(taps, out, outStep, width, step, channels); break;
      case 7: addRow7(taps, out, outStep, width, step, channels); break;
      default: addRow9(taps, out, outStep, width, step, channels);
    }
  }
  depthwiseRowTail(first, all, out, outStep, width, step, channels, c);
}

/** How many of so many taps one kernel takes: as many as there is one for. */
// @ts-ignore: decorator
@inline
function partOf(count: i32): i32 {
  if (count >= 9) return 9;
  if (count == 8) return 4;
  if (count >= 6) return count;
  return count >= 4 ? 4 : count >= 2 ? 2 : 1;
}

function depthwiseRowTail(
  taps: usize, count: i32, out: usize, outStep: usize, width: i32, step: usize,
  channels: i32, first: i32,
): void {
  const end = taps + <usize>count * TAP_SIZE;
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
