import libwebp from "@jsquash/webp/codec/dec/webp_dec.js";
import { checkSize, ImageError, type RgbImage } from "../image.ts";
import {
  type EmscriptenCodec,
  type EmscriptenFactory,
  instantiateCodec,
} from "./emscripten_codec.ts";
import { riffChunks } from "./riff_chunks.ts";
import { dropAlpha } from "./samples.ts";

const ANIMATED = 0x02;
let codec: Promise<EmscriptenCodec> | undefined;

/**
 * Decodes a WebP file, lossy or lossless, to the bytes that Pillow gives (both use libwebp).
 * @throws {ImageError} also for animations.
 */
export async function decodeWebp(bytes: Uint8Array): Promise<RgbImage> {
  const { width, height } = readSize(bytes);
  checkSize(width, height);
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
function readSize(bytes: Uint8Array): { width: number; height: number } {
  for (const { type, data } of riffChunks(bytes)) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (type === "VP8X" && data.length >= 10) {
      if (data[0] & ANIMATED) throw new ImageError("unsupported", "animated WebP");
      return { width: 1 + uint24(data, 4), height: 1 + uint24(data, 7) };
    }
    if (type === "VP8L" && data.length >= 5) {
      const bits = view.getUint32(1, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + (bits >>> 14 & 0x3fff) };
    }
    if (type === "VP8 " && data.length >= 10) {
      return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
    }
  }
  throw new ImageError("truncated", "WebP file without a whole header");
}

function uint24(data: Uint8Array, at: number): number {
  return data[at] | data[at + 1] << 8 | data[at + 2] << 16;
}
