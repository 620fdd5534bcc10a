/** Which source pixels a convolution's taps see, for its forward pass and its input's gradient. */
import type { ConvInfo } from "../../window.ts";

/** Horizontally adjacent taps: of the filter's `indices`, seeing pixels (dy, dx), (dy, dx + 1) … */
interface TapRun {
  dy: number;
  dx: number;
  indices: number[];
}

/** Grid pixel (y, x) sees source pixels (y·strideHeight + dy, x·strideWidth + dx). */
export interface TapGrid {
  height: number;
  width: number;
  strideHeight: number;
  strideWidth: number;
  runs: TapRun[];
}

export function forwardTaps(info: ConvInfo): TapGrid {
  const taps: Tap[] = [];
  for (let ky = 0; ky < info.filterHeight; ky++) {
    for (let kx = 0; kx < info.filterWidth; kx++) {
      taps.push({
        dy: ky * info.dilationHeight - info.padInfo.top,
        dx: kx * info.dilationWidth - info.padInfo.left,
        index: ky * info.filterWidth + kx,
      });
    }
  }
  return {
    height: info.outHeight,
    width: info.outWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    runs: joinRuns(taps),
  };
}

/**
 * The input's gradient, a phase of the stride at a time: pixels (y·stride + phaseY, x·stride +
 * phaseX) of it see the same taps, at pixels (y + dy, x + dx) of the output's gradient.
 */
export function inputGradientTaps(info: ConvInfo, phaseY: number, phaseX: number): TapGrid {
  const { strideHeight, strideWidth } = info;
  const taps: Tap[] = [];
  for (let ky = info.filterHeight - 1; ky >= 0; ky--) {
    const y = phaseY + info.padInfo.top - ky * info.dilationHeight;
    if (y % strideHeight !== 0) continue;
    for (let kx = info.filterWidth - 1; kx >= 0; kx--) {
      const x = phaseX + info.padInfo.left - kx * info.dilationWidth;
      if (x % strideWidth !== 0) continue;
      taps.push({ dy: y / strideHeight, dx: x / strideWidth, index: ky * info.filterWidth + kx });
    }
  }
  return {
    height: Math.ceil((info.inHeight - phaseY) / strideHeight),
    width: Math.ceil((info.inWidth - phaseX) / strideWidth),
    strideHeight: 1,
    strideWidth: 1,
    runs: joinRuns(taps),
  };
}

/** The same taps, each a run of its own. */
export function splitRuns(grid: TapGrid): TapGrid {
  const runs = grid.runs.flatMap(({ dy, dx, indices }) =>
    indices.map((index, i) => ({ dy, dx: dx + i, indices: [index] }))
  );
  return { ...grid, runs };
}

/** Whether a row of the matrix product is just a row of the source. */
export function isPointwise(info: ConvInfo): boolean {
  return info.filterHeight * info.filterWidth * info.strideHeight * info.strideWidth === 1 &&
    info.outHeight === info.inHeight && info.outWidth === info.inWidth;
}

interface Tap {
  dy: number;
  dx: number;
  index: number;
}

function joinRuns(taps: Tap[]): TapRun[] {
  const runs: TapRun[] = [];
  for (const { dy, dx, index } of taps) {
    const last = runs.at(-1);
    if (last && last.dy === dy && last.dx + last.indices.length === dx) last.indices.push(index);
    else runs.push({ dy, dx, indices: [index] });
  }
  return runs;
}
