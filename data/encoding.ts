import { readPrimaryItem } from "./codecs/iso_boxes.ts";
import { readJpegHeader } from "./codecs/jpeg_segments.ts";
import { pngChunks, readPngChunks } from "./codecs/png_chunks.ts";
import { riffChunks } from "./codecs/riff_chunks.ts";
import { readTiffDirectory, TAG } from "./codecs/tiff_directory.ts";
import { readShot, type Shot } from "./exif_time.ts";
import { exifOrientation } from "./exif_orientation.ts";
import { brandsOf, type ImageFormat } from "./image_format.ts";

/** How a photo's file holds it, where that is worth knowing. */
export interface Encoding {
  format: ImageFormat;
  /** Bits a sample; decoding keeps 8. */
  bits: number;
  /** Printing colours, which are converted without the file's colour profile. */
  cmyk: boolean;
  /** More than one frame or page, of which the first is taken. */
  animated: boolean;
  /** EXIF's: 1 is upright. */
  orientation: number;
  /** When it was taken, and by what, where the file says so. */
  shot?: Shot;
}

const PHOTOMETRIC_SEPARATED = 5;
/** Sequences of photos, in HEVC or AV1. */
const ANIMATED_BRAND = /^(hev[cx]|avis)$/;

/**
 * Reads the headers of a file that decodes.
 * @throws {ImageError} where they are damaged
 */
export function readEncoding(bytes: Uint8Array, format: ImageFormat): Encoding {
  const shot = readShot(bytes, format);
  return {
    format,
    bits: 8,
    cmyk: false,
    animated: false,
    orientation: exifOrientation(bytes, format),
    ...(shot && { shot }),
    ...particulars(bytes, format),
  };
}

function particulars(bytes: Uint8Array, format: ImageFormat): Partial<Encoding> {
  switch (format) {
    case "jpeg":
      return { cmyk: readJpegHeader(bytes).components === 4 };
    case "png":
      return {
        bits: readPngChunks(bytes).header.depth,
        animated: pngChunks(bytes).some(({ type }) => type === "acTL"),
      };
    case "gif":
      return { animated: countGifFrames(bytes) > 1 };
    case "webp":
      return { animated: riffChunks(bytes).some(({ type }) => type === "ANIM") };
    case "tiff": {
      const { get, hasNext } = readTiffDirectory(bytes);
      return {
        bits: get(TAG.bitsPerSample)?.[0] ?? 1,
        cmyk: get(TAG.photometric)?.[0] === PHOTOMETRIC_SEPARATED,
        animated: hasNext,
        orientation: get(TAG.orientation)?.[0] ?? exifOrientation(bytes, format),
      };
    }
    case "pnm":
      return { bits: pnmBits(bytes) };
    case "heic":
    case "avif":
      return {
        bits: readPrimaryItem(bytes).bits,
        animated: brandsOf(bytes).some((brand) => ANIMATED_BRAND.test(brand)),
      };
    case "bmp":
      return {};
  }
}

/** Image blocks, told apart from extensions: https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function countGifFrames(bytes: Uint8Array): number {
  const palette = (flags: number) => flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
  let at = 13 + palette(bytes[10]);
  let frames = 0;
  while (at < bytes.length) {
    const block = bytes[at];
    if (block === 0x2c) {
      frames++;
      at += 10 + palette(bytes[at + 9]) + 1;
    } else if (block === 0x21) at += 2;
    else break;
    while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at];
    at++;
  }
  return frames;
}

/** Of the largest value, the third number of the header; bitmaps (P1, P4) have none. */
function pnmBits(bytes: Uint8Array): number {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 512)).replace(/#[^\n]*/g, "");
  const [kind, , , most] = head.split(/\s+/);
  return /^P[2356]/.test(kind) && Number(most) > 255 ? 16 : 8;
}
