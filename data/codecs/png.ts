import { checkSize, ImageError, MAX_LARGE_PIXELS, MAX_PIXELS, type RgbImage } from "../image.ts";
import { inflateAtMost } from "./inflate.ts";
import { decodeLargePng } from "./large_png.ts";
import { PngColour, readPngChunks } from "./png_chunks.ts";
import { unfilter } from "./png_filters.ts";
import { samplesToRgb } from "./png_samples.ts";

const CHANNELS: Record<PngColour, number> = {
  [PngColour.Grey]: 1,
  [PngColour.Rgb]: 3,
  [PngColour.Palette]: 1,
  [PngColour.GreyAlpha]: 2,
  [PngColour.RgbAlpha]: 4,
};

/** Adam7's passes: first column and row, steps across and down. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/**
 * Decodes a PNG file of any colour type and depth, interlaced or not. Transparency is dropped; 16
 * bits keep the upper 8. That is Pillow's `convert("RGB")`, but for 16-bit grey, which Pillow clips
 * at 255, so that photos come out white. One of more than `MAX_PIXELS` comes at `1 / LARGE_SCALE` of
 * its sides.
 *
 * No package is used: imagescript's takes no interlaced files, and those that do inflate without
 * limit or cannot say what is wrong. The format: https://www.w3.org/TR/png-3/
 * @throws {ImageError}
 */
export function decodePng(bytes: Uint8Array): RgbImage {
  const chunks = readPngChunks(bytes);
  const { header, palette, compressed } = chunks;
  const { width, height, depth, colour } = header;
  checkSize(width, height, MAX_LARGE_PIXELS);
  const bits = depth * CHANNELS[colour];
  if (width * height > MAX_PIXELS) return decodeLargePng(chunks, bits);
  const passes = (header.interlaced ? PASSES : [[0, 0, 1, 1]]).map(([x, y, dx, dy]) => {
    const columns = Math.ceil((width - x) / dx);
    const rows = columns > 0 ? Math.ceil((height - y) / dy) : 0;
    return { x, y, dx, dy, columns, rows, rowBytes: Math.ceil(columns * bits / 8) };
  }).filter(({ rows }) => rows > 0);

  const length = passes.reduce((sum, { rows, rowBytes }) => sum + rows * (1 + rowBytes), 0);
  const filtered = inflateAtMost(compressed, length, "PNG pixels");
  if (filtered.length < length) throw new ImageError("truncated", "PNG file ends amid its pixels");
  const data = new Uint8Array(width * height * 3);
  let at = 0;
  for (const { x, y, dx, dy, columns, rows, rowBytes } of passes) {
    const samples = unfilter(filtered.subarray(at), rows, rowBytes, Math.max(1, bits >> 3));
    at += rows * (1 + rowBytes);
    const rgb = samplesToRgb(samples, columns, rows, rowBytes, header, palette);
    if (!header.interlaced) return { width, height, data: rgb };
    for (let row = 0, from = 0; row < rows; row++) {
      let to = ((y + row * dy) * width + x) * 3;
      for (let column = 0; column < columns; column++, to += dx * 3) {
        data[to] = rgb[from++];
        data[to + 1] = rgb[from++];
        data[to + 2] = rgb[from++];
      }
    }
  }
  return { width, height, data };
}
