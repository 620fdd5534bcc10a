import { orient } from "../exif_orientation.ts";
import type { RgbImage } from "../image.ts";
import { readTiffDirectory, TAG } from "./tiff_directory.ts";
import { readTiffLayout } from "./tiff_layout.ts";
import { readSamples } from "./tiff_samples.ts";
import { tiffToRgb } from "./tiff_colours.ts";

/**
 * Decodes the first page of a TIFF or BigTIFF file: bilevel, grey, palette, RGB, CMYK or YCbCr of up
 * to 16 bits, or grey of 32-bit floats, in strips or tiles; uncompressed, LZW, deflate, PackBits or
 * JPEG. It is turned upright by its orientation tag, always, and alpha is dropped, as in Pillow; 16
 * bits keep the upper 8, and floats are cut to 0…255.
 * @throws {ImageError} also for the many other kinds of TIFF.
 */
export async function decodeTiff(bytes: Uint8Array): Promise<RgbImage> {
  const directory = readTiffDirectory(bytes);
  const layout = readTiffLayout(directory);
  const data = tiffToRgb(await readSamples(bytes, layout), layout, directory);
  const { width, height } = layout;
  return orient({ width, height, data }, directory.get(TAG.orientation)?.[0] ?? 1);
}
