import { decodeAvif } from "./codecs/avif.ts";
import { decodeBmp } from "./codecs/bmp.ts";
import { decodeGif } from "./codecs/gif.ts";
import { decodeHeic } from "./codecs/heic.ts";
import { decodeJpeg } from "./codecs/jpeg.ts";
import { decodePng } from "./codecs/png.ts";
import { decodePnm } from "./codecs/pnm.ts";
import { decodeTiff } from "./codecs/tiff.ts";
import { decodeWebp } from "./codecs/webp.ts";
import { exifOrientation, orient } from "./exif_orientation.ts";
import { ImageError, type RgbImage } from "./image.ts";
import { type ImageFormat, sniffImageFormat } from "./image_format.ts";
import { describeUnread } from "./unread_format.ts";

const DECODERS: Record<
  ImageFormat,
  (bytes: Uint8Array) => RgbImage | Promise<RgbImage>
> = {
  jpeg: decodeJpeg,
  png: decodePng,
  gif: decodeGif,
  bmp: decodeBmp,
  tiff: decodeTiff,
  webp: decodeWebp,
  pnm: decodePnm,
  heic: decodeHeic,
  avif: decodeAvif,
};

/** How to decode, where there is a choice. */
export interface DecodeOptions {
  /** Turn the photo upright by its EXIF data. The tutorial does not; people's own photos want it. */
  exifOrientation?: boolean;
}

/**
 * Decodes a photo to RGB, as Pillow's `Image.open(…).convert("RGB")`: alpha and colour profiles are
 * left aside. The format is told by content. Codecs load when first needed and take no permission.
 *
 * @throws {ImageError} when the bytes are no photo, are damaged, or claim more pixels than are read
 *   (`MAX_PIXELS`, of JPEG and PNG `MAX_LARGE_PIXELS`)
 *
 * @example
 * ```ts
 * const { width, height, data } = await decodeImage(await Deno.readFile("ant.jpg"));
 * ```
 */
export async function decodeImage(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<RgbImage> {
  const format = sniffImageFormat(bytes);
  if (!format) {
    throw new ImageError("not an image", describeUnread(bytes));
  }
  const image = await DECODERS[format](bytes);
  return options.exifOrientation ? orient(image, exifOrientation(bytes, format)) : image;
}
