import mozjpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.js";
import {
  checkSize,
  ImageError,
  LARGE_SCALE,
  MAX_LARGE_PIXELS,
  MAX_PIXELS,
  type RgbImage,
} from "../image.ts";
import { decodeBaselineJpeg } from "./baseline_jpeg.ts";
import { checkExpansion } from "./budget.ts";
import {
  type EmscriptenCodec,
  type EmscriptenFactory,
  instantiateCodec,
} from "./emscripten_codec.ts";
import { decodeImagescriptJpeg } from "./imagescript_jpeg.ts";
import { type JpegHeader, readJpegHeader, readJpegScans } from "./jpeg_segments.ts";
import { dropAlpha } from "./samples.ts";

/** What libjpeg says when it ran out of bytes and filled the rest with grey; Pillow refuses then. */
const PREMATURE_END = /Premature end of JPEG/;
/** Also that a marker came amid the pixels. */
const ANY_PREMATURE_END = /premature end/i;
/** Each scan is a pass over all pixels; programs write ten or so. */
const [USUAL_SCANS, MAX_SCANS] = [20, 100];
/** Pixels times scans; more is for photos with a usual number of scans alone. */
const MAX_SCAN_WORK = 2 ** 30;

/** Pixels of a byte of a large progressive photo, whose coefficients are all held: no honest one has more. */
const MAX_EXPANSION = 2 ** 7;

/** libjpeg's messages about the file being decoded. */
let messages: string[] = [];
let codec: Promise<EmscriptenCodec> | undefined;

/**
 * Decodes a JPEG file, baseline or progressive, to the bytes that Pillow gives, except where chroma
 * is subsampled vertically alone (mozjpeg repeats it, libjpeg-turbo interpolates).
 * One of more than `MAX_PIXELS` comes at `1 / LARGE_SCALE` of its sides.
 * EXIF rotation and colour profiles are left aside.
 * @throws {ImageError}
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<RgbImage> {
  const { header, ended } = checkJpeg(bytes);
  const { width, height, components } = header;
  const data = isPlainJpeg({ header, ended }) ? decodeBaselineJpeg(bytes) : undefined;
  if (data) return { width, height, data };
  if (width * height > MAX_PIXELS) {
    if (!ended) throw new ImageError("truncated", "JPEG file ends amid its pixels");
    if (header.progressive) checkExpansion(width * height, bytes.length, "JPEG", MAX_EXPANSION);
    const [w, h] = [width, height].map((side) => Math.ceil(side / LARGE_SCALE));
    return await decodeImagescriptJpeg(bytes, header, { width: w, height: h });
  }
  if (components === 4) return await decodeImagescriptJpeg(bytes, header, header);
  if (ended) return await decodeWhole(bytes, width, height, PREMATURE_END);
  const mended = header.progressive ? undefined : withEnd(bytes);
  if (!mended) throw new ImageError("truncated", "JPEG file ends amid its pixels");
  return await decodeWhole(mended, width, height, ANY_PREMATURE_END);
}

/** A JPEG file of a size and a kind that are read. */
export interface CheckedJpeg {
  header: JpegHeader;
  /** Whether its pixels end with a mark. */
  ended: boolean;
}

/** @throws {ImageError} for others */
export function checkJpeg(bytes: Uint8Array): CheckedJpeg {
  const header = readJpegHeader(bytes);
  const { width, height, precision, unusualCoding } = header;
  checkSize(width, height, MAX_LARGE_PIXELS);
  // A block of 64 pixels takes a bit at least.
  checkExpansion(width * height, bytes.length, "JPEG");
  if (precision !== 8) throw new ImageError("unsupported", `JPEG of ${precision} bits a sample`);
  if (unusualCoding) throw new ImageError("unsupported", `JPEG with ${unusualCoding} coding`);
  const { scans, ended } = readJpegScans(bytes, header.scan);
  const most = Math.floor(MAX_SCAN_WORK / (width * height));
  if (scans > Math.max(USUAL_SCANS, Math.min(MAX_SCANS, most))) {
    const size = `${width} by ${height}`;
    throw new ImageError(
      "too large",
      `${scans} scans are more than a JPEG of ${size} needs: save it anew`,
    );
  }
  return { header, ended };
}

/** Whether `decodeBaselineJpeg` may try it. */
export function isPlainJpeg({ header, ended }: CheckedJpeg): boolean {
  const { width, height, progressive } = header;
  return ended && !progressive && width * height <= MAX_PIXELS;
}

/** @param cutOff libjpeg's message that says that pixels are missing */
async function decodeWhole(
  bytes: Uint8Array,
  width: number,
  height: number,
  cutOff: RegExp,
): Promise<RgbImage> {
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
  if (messages.some((message) => cutOff.test(message))) {
    throw new ImageError("truncated", "JPEG file ends amid its pixels");
  }
  return { width, height, data: dropAlpha(rgba) };
}

/**
 * Some cameras and recovered disks leave zeros where a file's end was, which Pillow takes for it in
 * a baseline file; undefined for other endings.
 */
function withEnd(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.at(-1) !== 0 || bytes.at(-2) !== 0) return undefined;
  const mended = bytes.slice();
  mended.set([0xff, 0xd9], bytes.length - 2);
  return mended;
}

async function load(): Promise<EmscriptenCodec> {
  const { default: module } = await import("./mozjpeg_module.js");
  const factory = mozjpeg as unknown as EmscriptenFactory;
  return await instantiateCodec(factory, module, (message) => messages.push(message));
}
