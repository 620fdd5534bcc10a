import { PngColour, type PngHeader } from "./png_chunks.ts";
import { dropAlpha, everyOther, greyToRgb, lookUp, unpackBits } from "./samples.ts";

/** RGB out of the unfiltered rows of a PNG pass, in a buffer of its own. */
export function samplesToRgb(
  samples: Uint8Array,
  columns: number,
  rows: number,
  rowBytes: number,
  { depth, colour }: PngHeader,
  palette: Uint8Array | undefined,
): Uint8Array {
  if (depth === 16) samples = everyOther(samples); // big-endian: the upper byte comes first
  switch (colour) {
    case PngColour.Rgb:
      return samples.slice(); // they stand in a larger buffer
    case PngColour.RgbAlpha:
      return dropAlpha(samples);
    case PngColour.GreyAlpha:
      return greyToRgb(everyOther(samples));
    case PngColour.Grey: {
      if (depth >= 8) return greyToRgb(samples);
      const scale = 255 / (2 ** depth - 1);
      return greyToRgb(unpackBits(samples, columns, rows, rowBytes, depth).map((v) => v * scale));
    }
    case PngColour.Palette:
      return lookUp(unpackBits(samples, columns, rows, rowBytes, depth), palette!);
  }
}
