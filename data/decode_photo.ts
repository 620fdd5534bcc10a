import { decodeImage } from "./decode.ts";
import { type Encoding, readEncoding } from "./encoding.ts";
import { readCamera } from "./exif_time.ts";
import { type Fingerprint, fingerprintOf } from "./fingerprint.ts";
import { ImageError, type RgbImage } from "./image.ts";
import { sniffImageFormat } from "./image_format.ts";
import { boundShortSide } from "./short_side.ts";
import { type Look, lookOf } from "./look.ts";
import type { Refusal } from "./read_photo_file.ts";

/** What is wanted of a photo. */
export interface PhotoWanted {
  exifOrientation: boolean;
  /** Look at the photo too, as the data doctor does. */
  examine?: boolean;
  /** Make the photo smaller where its shorter side is longer. */
  shortSide?: number;
  /** Leave the pixels behind. */
  withoutPixels?: boolean;
}

/** What there is to know of a photo besides its pixels. */
export interface Examination {
  /** Upright where EXIF is honoured, before it was made smaller. */
  width: number;
  height: number;
  encoding: Encoding;
  /** Maker and model, where EXIF names them. */
  camera?: string;
  look: Look;
  fingerprint: Fingerprint;
}

/** The photo with the sha256 of its file, or why there is none. */
export type DecodeResponse =
  | {
    width: number;
    height: number;
    data: Uint8Array<ArrayBuffer>;
    sha256: string;
    examination?: Examination;
  }
  | Refusal;

/** Decodes a file's bytes; whatever they do to a decoder, it is that file's trouble. */
export async function decodePhoto(
  file: Uint8Array<ArrayBuffer>,
  wanted: PhotoWanted,
): Promise<DecodeResponse> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", file));
  try {
    const image = await decodeImage(file, wanted);
    const kept = boundShortSide(image, wanted.shortSide ?? Infinity);
    return {
      ...kept,
      data: wanted.withoutPixels ? new Uint8Array(0) : kept.data as Uint8Array<ArrayBuffer>,
      sha256: digest.toHex(),
      ...(wanted.examine && { examination: examine(file, image) }),
    };
  } catch (error) {
    return error instanceof ImageError
      ? { refusal: error.message, reason: error.reason }
      : { refusal: `corrupt: ${error}`, reason: "corrupt" };
  }
}

function examine(file: Uint8Array, image: RgbImage): Examination {
  const format = sniffImageFormat(file)!;
  const camera = readCamera(file, format);
  return {
    width: image.width,
    height: image.height,
    encoding: readEncoding(file, format),
    ...(camera && { camera }),
    look: lookOf(image),
    fingerprint: fingerprintOf(image),
  };
}
