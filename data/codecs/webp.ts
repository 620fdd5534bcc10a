import libwebp from "@jsquash/webp/codec/dec/webp_dec.js";
import { checkSize, ImageError, type RgbImage } from "../image.ts";
import { checkExpansion } from "./budget.ts";
import {
  type EmscriptenCodec,
  type EmscriptenFactory,
  instantiateCodec,
} from "./emscripten_codec.ts";
import { chunksOf, riffChunks, riffFile } from "./riff_chunks.ts";
import { dropAlpha } from "./samples.ts";

const ANIMATED = 0x02;
/** Pixels of a byte: a white photo, lossless, has 26,000. */
const MAX_EXPANSION = 2 ** 16;
let codec: Promise<EmscriptenCodec> | undefined;

/**
 * Decodes a WebP file, lossy or lossless, or the first frame of an animation, to the bytes that
 * Pillow gives (both use libwebp).
 * @throws {ImageError}
 */
export async function decodeWebp(bytes: Uint8Array): Promise<RgbImage> {
  const { width, height, animated } = readCanvas(bytes);
  checkSize(width, height);
  checkExpansion(width * height, bytes.length, "WebP", MAX_EXPANSION);
  if (!animated) return await decodeStill(bytes, width, height);
  const { left, top, ...frame } = readFirstFrame(bytes);
  if (left + frame.width > width || top + frame.height > height) {
    throw new ImageError("corrupt", "WebP frame is larger than its canvas");
  }
  const still = readCanvas(frame.file);
  if (still.width !== frame.width || still.height !== frame.height) {
    throw new ImageError("corrupt", "WebP frame has not the size that it says");
  }
  const image = await decodeStill(frame.file, frame.width, frame.height);
  if (frame.width === width && frame.height === height) return image;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < frame.height; row++) {
    const from = row * frame.width * 3;
    const to = ((top + row) * width + left) * 3;
    data.set(image.data.subarray(from, from + frame.width * 3), to);
  }
  return { width, height, data };
}

async function decodeStill(bytes: Uint8Array, width: number, height: number): Promise<RgbImage> {
  codec ??= load();
  const rgba = decodeWith(await codec, bytes);
  if (rgba?.length !== width * height * 4) {
    throw new ImageError("corrupt", "WebP cannot be decoded");
  }
  return { width, height, data: dropAlpha(rgba) };
}

function decodeWith({ decode }: EmscriptenCodec, bytes: Uint8Array): Uint8ClampedArray | undefined {
  try {
    return decode(bytes)?.data;
  } catch (cause) {
    codec = undefined; // the instance may be left in any state
    throw new ImageError("corrupt", `WebP: ${cause}`, { cause });
  }
}

async function load(): Promise<EmscriptenCodec> {
  const { default: module } = await import("./libwebp_module.js");
  return await instantiateCodec(libwebp as unknown as EmscriptenFactory, module, () => {});
}

/** The canvas, from the first chunk: https://developers.google.com/speed/webp/docs/riff_container */
function readCanvas(bytes: Uint8Array): { width: number; height: number; animated: boolean } {
  for (const { type, data } of riffChunks(bytes)) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (type === "VP8X" && data.length >= 10) {
      const animated = (data[0] & ANIMATED) !== 0;
      return { width: 1 + uint24(data, 4), height: 1 + uint24(data, 7), animated };
    }
    if (type === "VP8L" && data.length >= 5) {
      const bits = view.getUint32(1, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + (bits >>> 14 & 0x3fff), animated: false };
    }
    if (type === "VP8 " && data.length >= 10) {
      const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
      return { width: width & 0x3fff, height: height & 0x3fff, animated: false };
    }
  }
  throw new ImageError("truncated", "WebP file without a whole header");
}

/** A frame of an animation as a file of its own; without alpha, which is dropped anyway. */
function readFirstFrame(bytes: Uint8Array) {
  const frame = riffChunks(bytes).find(({ type }) => type === "ANMF")?.data;
  if (!frame || frame.length < 16) throw new ImageError("truncated", "WebP animation has no frame");
  const pixels = chunksOf(frame.subarray(16)).find(({ type }) => /^VP8[ L]$/.test(type));
  if (!pixels) throw new ImageError("corrupt", "WebP frame without pixels");
  return {
    left: 2 * uint24(frame, 0),
    top: 2 * uint24(frame, 3),
    width: 1 + uint24(frame, 6),
    height: 1 + uint24(frame, 9),
    file: riffFile("WEBP", pixels.type, pixels.data),
  };
}

function uint24(data: Uint8Array, at: number): number {
  return data[at] | data[at + 1] << 8 | data[at + 2] << 16;
}
