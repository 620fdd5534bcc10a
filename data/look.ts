import type { RgbImage } from "./image.ts";
import { resize } from "./resize.ts";

/** What a model could tell a photo by without looking at what it shows. */
export interface Look {
  /** Mean grey value, 0 to 255. */
  brightness: number;
  /** Mean of Laplace's operator, which blur makes small, in standard deviations of the grey values. */
  sharpness: number;
  /** Standard deviation of grey values along the edges: next to none of a frame or a plain backdrop. */
  border: number;
}

/** Side of the small photo, about as much of it as models see. */
const SIDE = 128;
/** Width of the border, in its pixels. */
const BORDER = 4;

export function lookOf(image: RgbImage): Look {
  const { data } = resize(image, SIDE, SIDE);
  const luma = Float64Array.from(
    { length: SIDE * SIDE },
    (_, i) => 0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2],
  );
  const isEdge = (i: number) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return Math.min(x, y, SIDE - 1 - x, SIDE - 1 - y) < BORDER;
  };
  const all = spread(luma);
  let edges = 0;
  for (let y = 1; y < SIDE - 1; y++) {
    for (let x = 1; x < SIDE - 1; x++) {
      const at = y * SIDE + x;
      const around = luma[at - 1] + luma[at + 1] + luma[at - SIDE] + luma[at + SIDE];
      edges += Math.abs(4 * luma[at] - around);
    }
  }
  return {
    brightness: all.mean,
    sharpness: edges / (SIDE - 2) ** 2 / Math.max(all.deviation, 1),
    border: spread(luma.filter((_, i) => isEdge(i))).deviation,
  };
}

function spread(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
