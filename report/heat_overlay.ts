import type { RgbImage } from "../data/image.ts";
import type { Box } from "../data/resize.ts";
import { checkImage } from "./png.ts";

/** What speaks for a class, place by place: as `gradCam` gives it. */
export interface Heat {
  width: number;
  height: number;
  /** [height, width], none negative. */
  values: readonly number[];
}

/** matplotlib's inferno, dark to light, of equal steps to the eye: heat 0, ¼, ½, ¾ and 1. */
const COLOURS = [[0, 0, 4], [87, 16, 110], [188, 55, 84], [249, 142, 9], [252, 255, 164]];
/** How much of the photo's brightness, and of its colour, is left where there is no heat. */
const COLD = { brightness: 0.55, colour: 0.35 };
/** How much of the hottest place is colour of heat, the rest being photo. */
const STRONGEST = 0.6;

/**
 * Lays a heat map over a photo: cold places fade, hot ones glow. The hottest place has the same
 * colour in every picture; a map without any heat leaves the photo faded.
 * @param box the part of the photo that the map covers, in its pixels; all of it by default
 * @throws {RangeError} when the map has another size than it says, or a value that is no heat
 */
export function overlayHeat(image: RgbImage, heat: Heat, box?: Box): RgbImage {
  const { width, height, data } = checkImage(image);
  const { left, top, ...covered } = box ?? { left: 0, top: 0, width, height };
  const hottest = checkHeat(heat);
  const out = new Uint8Array(data.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const [u, v] = [(x + 0.5 - left) / covered.width, (y + 0.5 - top) / covered.height];
      const outside = u < 0 || u > 1 || v < 0 || v > 1;
      paint(data, out, at, outside || hottest === 0 ? 0 : heatAt(heat, u, v) / hottest);
    }
  }
  return { width, height, data: out };
}

/** Where 0…1 across and down lies between the map's cells, whose middles hold its values. */
function heatAt({ width, height, values }: Heat, u: number, v: number): number {
  const across = Math.min(Math.max(u * width - 0.5, 0), width - 1);
  const down = Math.min(Math.max(v * height - 0.5, 0), height - 1);
  const [left, top] = [Math.floor(across), Math.floor(down)];
  const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)];
  const row = (y: number) =>
    mix(values[y * width + left], values[y * width + right], across - left);
  return mix(row(top), row(bottom), down - top);
}

function paint(photo: Uint8Array, out: Uint8Array, at: number, heat: number): void {
  const [red, green, blue] = photo.subarray(at, at + 3);
  // Rec. 601, as Pillow's "L".
  const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
  const step = Math.min(Math.floor(heat * (COLOURS.length - 1)), COLOURS.length - 2);
  const between = heat * (COLOURS.length - 1) - step;
  for (let c = 0; c < 3; c++) {
    const faded = mix(grey, photo[at + c], mix(COLD.colour, 1, heat)) *
      mix(COLD.brightness, 1, heat);
    const glow = mix(COLOURS[step][c], COLOURS[step + 1][c], between);
    out[at + c] = Math.round(mix(faded, glow, STRONGEST * heat));
  }
}

const mix = (from: number, to: number, share: number) => from + (to - from) * share;

/** The largest value of a map that is whole. */
function checkHeat({ width, height, values }: Heat): number {
  const whole = width > 0 && height > 0 && values.length === width * height;
  if (whole && values.every((value) => value >= 0 && value < Infinity)) return Math.max(...values);
  throw new RangeError(
    `a heat map of ${width}×${height} takes ${width * height} values, none negative; ` +
      `it has ${values.length}: ${values.slice(0, 5)}…`,
  );
}
