/** What `resizeWindow` computes, by kernels. */
import type { RgbImage } from "./image.ts";
import {
  type KernelPixels,
  Places,
  type ResampleKernels,
  resampleKernels,
} from "./resample_kernels.ts";
import type { ResizePlan, Weights } from "./resize.ts";

/** Photos of more bytes are not copied for kernels: that would take as much memory again. */
const MOST_COPIED = 2 ** 26;

/** Bits of a weight that its lower part has: `LOWER` of kernels/resample.ts. */
const LOWER = 11;

/**
 * Resizes the part of a photo that the plan names.
 * @returns the window, [rows, columns, 3]; undefined where kernels cannot be had for it
 */
export function resampleImage(
  { width, height, data }: RgbImage,
  plan: ResizePlan,
): Uint8Array<ArrayBuffer> | undefined {
  const { part } = plan, pitch = 3 * width;
  // Kernels read what is there: nobody else looks whether it is the photo.
  const isInside = part.left >= 0 && part.top >= 0 && part.left + part.width <= width &&
    part.top + part.height <= height && data.length >= pitch * height;
  if (!isInside) return undefined;
  const rows = data.subarray(part.top * pitch, (part.top + part.height) * pitch);
  if (rows.length > MOST_COPIED) return undefined;
  const places = new Places(), at = places.take(rows.length);
  const kernels = resampleKernels(places.end);
  if (!kernels) return undefined;
  kernels.bytes.set(rows, at);
  try {
    return resamplePixels({ kernels, at: at + 3 * part.left, pitch, places }, plan);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * As `resampleImage`, of a part whose first pixel lies in the memory of kernels.
 * @throws {RangeError} where there is not enough memory
 */
export function resamplePixels(
  { kernels, at, pitch, places }: KernelPixels,
  plan: ResizePlan,
): Uint8Array<ArrayBuffer> {
  const { part, across: { outputs: width }, down: { outputs: height } } = plan;
  const { resampleRows, resampleColumns } = kernels.run;
  // A byte more than a row has is written.
  const rowBytes = 3 * width, outPitch = rowBytes + 1;
  const between = places.take(
    plan.columnsFirst ? 3 * part.width * height : outPitch * part.height,
  );
  const out = places.take(outPitch * height);
  places.take(4 * Math.max(pitch, outPitch)); // weights of zero read behind what there is
  const across = layWeights(plan.across, 3, kernels, places);
  const down = layWeights(plan.down, 1, kernels, places);
  if (plan.columnsFirst) {
    const bytes = 3 * part.width;
    resampleColumns(at, pitch, bytes, ...down, between, bytes);
    resampleRows(between, bytes, height, ...across, out, outPitch);
  } else {
    resampleRows(at, pitch, part.height, ...across, between, outPitch);
    resampleColumns(between, outPitch, rowBytes, ...down, out, outPitch);
  }
  const window = new Uint8Array(rowBytes * height);
  for (let row = 0; row < height; row++) {
    const from = out + row * outPitch;
    window.set(kernels.bytes.subarray(from, from + rowBytes), row * rowBytes);
  }
  return window;
}

/** @param unit what its inputs are counted in */
function layWeights(
  { outputs, taps, starts, weights }: Weights,
  unit: number,
  kernels: ResampleKernels,
  places: Places,
): [outputs: number, quads: number, starts: number, weights: number] {
  const quads = Math.ceil(taps / 4);
  const startsAt = places.take(4 * outputs), weightsAt = places.take(16 * outputs * quads);
  kernels.grow(places.end);
  const firsts = kernels.words(startsAt, outputs),
    pairs = kernels.words(weightsAt, 4 * outputs * quads);
  for (let i = 0, pair = 0; i < outputs; i++) {
    firsts[i] = unit * starts[i];
    for (let tap = 0; tap < 4 * quads; tap += 2) {
      const first = tap < taps ? weights[i * taps + tap] : 0;
      const second = tap + 1 < taps ? weights[i * taps + tap + 1] : 0;
      pairs[pair++] = lower(second) << 16 | lower(first);
      pairs[pair++] = second >> LOWER << 16 | first >> LOWER & 0xffff;
    }
  }
  return [outputs, quads, startsAt, weightsAt];
}

function lower(weight: number): number {
  return weight & ((1 << LOWER) - 1);
}
