import mozjpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.js";
import { checkSize, ImageError, type RgbImage } from "../image.ts";
import { decodeCmykJpeg } from "./cmyk_jpeg.ts";
import {
  type EmscriptenCodec,
  type EmscriptenFactory,
  instantiateCodec,
} from "./emscripten_codec.ts";
import { readJpegHeader } from "./jpeg_segments.ts";
import { dropAlpha } from "./samples.ts";

/** What libjpeg says when it ran out of bytes and filled the rest with grey; Pillow refuses then. */
const PREMATURE_END = /Premature end of JPEG/;

/** libjpeg's messages about the file being decoded. */
let messages: string[] = [];
let codec: Promise<EmscriptenCodec> | undefined;

/**
 * Decodes a JPEG file, baseline or progressive, to the bytes that Pillow gives, except where chroma
 * is subsampled vertically alone (mozjpeg repeats it, libjpeg-turbo interpolates).
 * EXIF rotation and colour profiles are left aside.
 * @throws {ImageError}
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<RgbImage> {
  const { width, height, components, precision, unusualCoding, scan } = readJpegHeader(bytes);
  checkSize(width, height);
  if (precision !== 8) throw new ImageError("unsupported", `JPEG of ${precision} bits a sample`);
  if (unusualCoding) throw new ImageError("unsupported", `JPEG with ${unusualCoding} coding`);
  if (components === 4) return await decodeCmykJpeg(bytes, width, height);

  codec ??= load();
  const { decode } = await codec;
  messages = [];
  let rgba: Uint8ClampedArray;
  try {
    rgba = decode(bytes, false)!.data;
  } catch (cause) {
    codec = undefined; // libjpeg left by exit(): its instance is not to be used again
    throw new ImageError("corrupt", `JPEG: ${messages.join("; ") || cause}`, { cause });
  }
  if (messages.some((message) => PREMATURE_END.test(message)) || !endsWithMarker(bytes, scan)) {
    throw new ImageError("truncated", "JPEG file ends amid its pixels");
  }
  return { width, height, data: dropAlpha(rgba) };
}

async function load(): Promise<EmscriptenCodec> {
  const { default: module } = await import("./mozjpeg_module.js");
  const factory = mozjpeg as unknown as EmscriptenFactory;
  return await instantiateCodec(factory, module, (message) => messages.push(message));
}

/** Whether an end-of-image marker follows the first scan; libjpeg reports its first trouble alone. */
function endsWithMarker(bytes: Uint8Array, scan: number): boolean {
  for (let i = bytes.length - 2; i >= scan; i--) {
    if (bytes[i] === 0xff && bytes[i + 1] === 0xd9) return true;
  }
  return false;
}
