import { PngColour, type PngHeader } from "./png_chunks.ts";
import { dropAlpha, greyToRgb, lookUp, pickRgb, unpackBits } from "./samples.ts";

/** RGB out of the unfiltered rows of a PNG pass, in a buffer of its own. */
export function samplesToRgb(
  samples: Uint8Array,
  columns: number,
  rows: number,
  rowBytes: number,
  { depth, colour }: PngHeader,
  palette: Uint8Array | undefined,
): Uint8Array {
  const bytes = depth === 16 ? 2 : 1; // big-endian: the upper byte comes first
  switch (colour) {
    case PngColour.Rgb:
      return bytes === 1 ? samples.slice() : pickRgb(samples, 6, 2);
    case PngColour.RgbAlpha:
      return bytes === 1 ? dropAlpha(samples) : pickRgb(samples, 8, 2);
    case PngColour.GreyAlpha:
      return pickRgb(samples, 2 * bytes, 0);
    case PngColour.Grey: {
      if (depth >= 8) return bytes === 1 ? greyToRgb(samples) : pickRgb(samples, 2, 0);
      const scale = 255 / (2 ** depth - 1);
      return greyToRgb(unpackBits(samples, columns, rows, rowBytes, depth).map((v) => v * scale));
    }
    case PngColour.Palette:
      return lookUp(unpackBits(samples, columns, rows, rowBytes, depth), palette!);
  }
}
