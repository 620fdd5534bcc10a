/**
 * Pillow's antialiased resize of 8-bit RGB, bilinear or bicubic, bit for bit: coefficients of 22 bits, two passes,
 * each rounded to 8 bits. Matches libImaging/Resample.c of Pillow 13.
 */
import type { RgbImage } from "./image.ts";
import { resampleImage } from "./resample_pixels.ts";

/** A rectangle of pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** How pixels between pixels are come by. */
export type Interpolation = "bilinear" | "bicubic";

/** What a pixel weighs by its distance, and how far it reaches: Pillow's names for these. */
const FILTERS: Record<Interpolation, { support: number; filter: (x: number) => number }> = {
  bilinear: { support: 1, filter: (x) => Math.max(1 - x, 0) },
  bicubic: { support: 2, filter: cubic },
};

const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);

/** What each output pixel of a row or column is made of. */
export interface Weights {
  outputs: number;
  /** Most inputs that one output has; outputs with fewer are padded with weights of zero. */
  taps: number;
  /** The first input that any output has, and how many there are from it on. */
  first: number;
  inputs: number;
  /** First input of each output, counted from `first`. */
  starts: Int32Array;
  /** [output, taps], fixed point of 22 bits. */
  weights: Int32Array;
}

/** Resizes a whole photo: Pillow's `image.resize((width, height), Image.Resampling.BILINEAR)`. */
export function resize(
  image: RgbImage,
  width: number,
  height: number,
  interpolation?: Interpolation,
): RgbImage {
  const window = { left: 0, top: 0, width, height };
  return resizeWindow(image, wholeOf(image), width, height, window, interpolation);
}

/**
 * Cuts `cut` out of a photo, resizes the cut-out (pixels around it do not count) to
 * `width`×`height`, and returns `window` of the result. Only what the window needs is computed.
 */
export function resizeWindow(
  image: RgbImage,
  cut: Box,
  width: number,
  height: number,
  window: Box,
  interpolation: Interpolation = "bilinear",
): RgbImage {
  const plan = planResize(cut, width, height, window, interpolation);
  const data = resampleImage(image, plan) ?? resampleByHand(image, plan);
  return { width: window.width, height: window.height, data };
}

/** As `resampleImage`, in a quarter of its pace. */
function resampleByHand(
  image: RgbImage,
  { across, down, part, columnsFirst }: ResizePlan,
): Uint8Array {
  if (columnsFirst) {
    const columns = resampleColumns(image, part, down);
    const between = { left: 0, top: 0, height: down.outputs };
    return resampleRows({ width: part.width, data: columns }, between, across);
  }
  const rows = resampleRows(image, part, across);
  const between = { left: 0, top: 0, width: across.outputs };
  return resampleColumns({ width: across.outputs, data: rows }, between, down);
}

/** How a part of a photo becomes a window. */
export interface ResizePlan {
  across: Weights;
  down: Weights;
  columnsFirst: boolean;
  /** The pixels that count. */
  part: Box;
}

/** What `resizeWindow` computes, of a photo that nobody has decoded yet. */
export function planResize(
  cut: Box,
  width: number,
  height: number,
  window: Box,
  interpolation: Interpolation = "bilinear",
): ResizePlan {
  const across = weightsFor(cut.width, width, window.left, window.width, interpolation);
  const down = weightsFor(cut.height, height, window.top, window.height, interpolation);
  const part = {
    left: cut.left + across.first,
    top: cut.top + down.first,
    width: across.inputs,
    height: down.inputs,
  };
  return { across, down, columnsFirst: columnsFirst(cut, width, height), part };
}

function wholeOf({ width, height }: RgbImage): Box {
  return { left: 0, top: 0, width, height };
}

/**
 * Pillow resizes rows first, unless the height shrinks by more than twice what the width does; the
 * order shows in the rounding. Before Pillow 13 it was rows first always.
 */
function columnsFirst(from: Box, width: number, height: number): boolean {
  const shrinks = from.height - height;
  return shrinks > 0 && shrinks > 2 * (from.width - width);
}

/** Pixels, row by row. */
type Plane = Pick<RgbImage, "width" | "data">;

/** Resamples the rows of a part: [rows, outputs, 3]. */
function resampleRows(
  { width, data }: Plane,
  { left, top, height }: Omit<Box, "width">,
  { outputs, taps, starts, weights }: Weights,
): Uint8Array {
  const out = new Uint8ClampedArray(height * outputs * 3);
  let to = 0;
  for (let row = top; row < top + height; row++) {
    const rowAt = (row * width + left) * 3;
    for (let x = 0, k = 0; x < outputs; x++) {
      let at = rowAt + starts[x] * 3;
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (const end = k + taps; k < end; k++, at += 3) {
        const weight = weights[k];
        red = red + Math.imul(data[at], weight) | 0;
        green = green + Math.imul(data[at + 1], weight) | 0;
        blue = blue + Math.imul(data[at + 2], weight) | 0;
      }
      out[to] = red >> PRECISION_BITS;
      out[to + 1] = green >> PRECISION_BITS;
      out[to + 2] = blue >> PRECISION_BITS;
      to += 3;
    }
  }
  return new Uint8Array(out.buffer);
}

/** Resamples the columns of a part: [outputs, columns, 3]. */
function resampleColumns(
  plane: Plane,
  { left, top, width }: Omit<Box, "height">,
  { outputs, taps, starts, weights }: Weights,
): Uint8Array {
  const { data } = plane;
  const bytes = width * 3;
  const step = plane.width * 3;
  const out = new Uint8ClampedArray(outputs * bytes);
  const sums = new Int32Array(bytes);
  for (let y = 0; y < outputs; y++) {
    sums.fill(HALF);
    let at = (top + starts[y]) * step + left * 3;
    let k = y * taps;
    const end = k + taps;
    // Three rows at a time, which is all there are for most photos: each pass over the sums costs.
    for (; k + 3 <= end; k += 3, at += 3 * step) {
      const [w0, w1, w2] = [weights[k], weights[k + 1], weights[k + 2]];
      for (let i = 0, a = at, b = at + step, c = at + 2 * step; i < bytes; i++) {
        sums[i] += Math.imul(data[a++], w0) + Math.imul(data[b++], w1) + Math.imul(data[c++], w2);
      }
    }
    for (; k < end; k++, at += step) {
      const weight = weights[k];
      for (let i = 0, a = at; i < bytes; i++) sums[i] += Math.imul(data[a++], weight);
    }
    const to = y * bytes;
    for (let i = 0; i < bytes; i++) out[to + i] = sums[i] >> PRECISION_BITS;
  }
  return new Uint8Array(out.buffer);
}

/** Of photos of one size after the other, as cameras make them. */
const known = new Map<string, Weights>();
const MOST_KNOWN = 64, LONGEST_KNOWN = 1 << 16;

/** As `computeWeights`; whoever gets them leaves them as they are. */
function weightsFor(
  ...asked: [
    inSize: number,
    outSize: number,
    first: number,
    count: number,
    interpolation: Interpolation,
  ]
): Weights {
  const key = asked.join();
  let weights = known.get(key);
  if (!weights) {
    weights = computeWeights(...asked);
    if (known.size >= MOST_KNOWN) known.clear();
    if (weights.weights.length <= LONGEST_KNOWN) known.set(key, weights);
  }
  return weights;
}

/** The weights of outputs `first` to `first + count` when `inSize` pixels become `outSize`. */
function computeWeights(
  inSize: number,
  outSize: number,
  first: number,
  count: number,
  interpolation: Interpolation,
): Weights {
  const each = Array.from(
    { length: count },
    (_, i) => outputWeights(inSize, outSize, first + i, interpolation),
  );
  const taps = each.reduce((most, { weights }) => Math.max(most, weights.length), 0);
  const starts = new Int32Array(count);
  const weights = new Int32Array(count * taps);
  for (const [i, output] of each.entries()) {
    // Near the far edge the row of taps is moved back, so that it ends inside.
    starts[i] = Math.min(output.start, inSize - taps);
    weights.set(output.weights, i * taps + output.start - starts[i]);
  }
  // Not always the first output's: where that lies on a pixel, bicubic weights of the pixels beside it
  // are zeros, and left out.
  const nearest = Math.min(...starts), inputs = Math.max(...starts) + taps - nearest;
  const fromNearest = starts.map((start) => start - nearest);
  return { outputs: count, taps, first: nearest, inputs, starts: fromNearest, weights };
}

/** `precompute_coeffs` and `normalize_coeffs_8bpc` for one output, without the zeros at its ends. */
function outputWeights(
  inSize: number,
  outSize: number,
  output: number,
  interpolation: Interpolation,
) {
  const { filter, support: reach } = FILTERS[interpolation];
  const scale = inSize / outSize;
  const stretch = Math.max(scale, 1); // input pixels to one of the filter's units
  const support = reach * stretch;
  const center = (output + 0.5) * scale;
  const start = Math.max(Math.trunc(center - support + 0.5), 0);
  const end = Math.min(Math.trunc(center + support + 0.5), inSize);
  const exact: number[] = [];
  let total = 0;
  for (let x = start; x < end; x++) {
    const weight = filter(Math.abs((x - center + 0.5) * (1 / stretch)));
    exact.push(weight);
    total += weight;
  }
  const weights = exact.map((weight) => roundAway(weight / total * (1 << PRECISION_BITS)));
  const first = weights.findIndex((weight) => weight !== 0);
  const last = weights.findLastIndex((weight) => weight !== 0);
  return { start: start + Math.max(first, 0), weights: weights.slice(first, last + 1) };
}

/** To the nearest integer, halves away from zero. */
function roundAway(x: number): number {
  return Math.trunc(x < 0 ? x - 0.5 : x + 0.5);
}

/** Keys's cubic with a = -0.5, which Pillow's bicubic is. */
function cubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}
