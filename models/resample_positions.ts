/** Position embeddings for another grid than the one that they were learned on: bicubic, as torch has it. */

import type { PositionResampling } from "./layers.ts";

/**
 * What each learned token counts in each new one: [to·to, from·from], row by row. Matches
 * `upsample_bicubic2d` and `_upsample_bicubic2d_aa` of aten/src/ATen/native/cpu/UpSampleKernel.cpp
 * with `align_corners=False`.
 *
 * @param from tokens a side that were learned
 * @param to tokens a side that there are now
 */
export function positionWeights(
  from: number,
  to: number,
  { antialias, offset }: PositionResampling,
): Float32Array<ArrayBuffer> {
  const scale = offset ? from / (to + offset) : from / to;
  const line = Array.from(
    { length: to },
    (_, i) => antialias ? antialiasedTaps(i, scale, from) : nearestTaps(i, scale, from),
  );
  const weights = new Float32Array(to * to * from * from);
  line.forEach((rows, y) =>
    line.forEach((columns, x) => {
      const start = (y * to + x) * from * from;
      for (const [row, a] of rows) {
        // A tap beyond the border is the border's: some come twice.
        for (const [column, b] of columns) weights[start + row * from + column] += a * b;
      }
    })
  );
  return weights;
}

type Taps = [index: number, weight: number][];

/** The four nearest, by Keys' kernel with a = -0.75. */
function nearestTaps(i: number, scale: number, count: number): Taps {
  const at = (i + 0.5) * scale - 0.5, first = Math.floor(at);
  return [-1, 0, 1, 2].map((step) => [
    Math.min(count - 1, Math.max(0, first + step)),
    keys(Math.abs(at - first - step), -0.75),
  ]);
}

/** All within two learned or two new tokens, whichever is more, by Keys' kernel with a = -0.5. */
function antialiasedTaps(i: number, scale: number, count: number): Taps {
  const width = Math.max(1, scale), center = scale * (i + 0.5);
  const first = Math.max(0, Math.trunc(center - 2 * width + 0.5));
  const end = Math.min(count, Math.trunc(center + 2 * width + 0.5));
  const taps: Taps = [];
  for (let j = first; j < end; j++) {
    taps.push([j, keys(Math.abs((j - center + 0.5) / width), -0.5)]);
  }
  const sum = taps.reduce((total, [, weight]) => total + weight, 0);
  return taps.map(([j, weight]) => [j, weight / sum]);
}

/** Keys 1981, "Cubic convolution interpolation for digital image processing". */
function keys(x: number, a: number): number {
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}
