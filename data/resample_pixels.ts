/** What `resizeWindow` computes, by kernels, of pixels that lie in their memory. */
import type { DecodedPixels, PhotoKernels, Places } from "./photo_kernels.ts";
import type { ResizePlan, Weights } from "./resize.ts";

/** Bits of a weight that its lower part has: `LOWER` of kernels/resample.ts. */
const LOWER = 11;

/**
 * Resizes the part of a photo that the plan names.
 * @returns the window, [rows, columns, 3]
 * @throws {RangeError} where there is not enough memory
 */
export function resamplePixels(
  { kernels, at, pitch, places }: DecodedPixels,
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
  kernels: PhotoKernels,
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
