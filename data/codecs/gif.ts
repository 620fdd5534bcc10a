import { checkSize, ImageError, type RgbImage } from "../image.ts";
import { checkExpansion } from "./budget.ts";
import { dropAlpha } from "./samples.ts";

/** What imagescript's gif.wasm exports to decode; pointers and lengths are in bytes. */
interface GifExports {
  memory: WebAssembly.Memory;
  walloc(length: number): number;
  /** Of what `decoder_frame_buffer` just returned. */
  wlen(): number;
  /** 0 when there is no GIF header. */
  decoder_new(pointer: number, length: number, limit: number): number;
  /** 0 when the frame could not be decoded, 1 when there is none. */
  decoder_frame(decoder: number): number;
  decoder_frame_buffer(frame: number): number;
}

/**
 * Decodes the first frame of a GIF file, as Pillow does. Where it leaves the screen uncovered, the
 * transparent colour shows, else the first of the palette. A frame that reaches beyond its screen
 * makes the photo as large.
 * @throws {ImageError}
 */
export async function decodeGif(bytes: Uint8Array): Promise<RgbImage> {
  const { screen, frame, uncovered } = readLayout(bytes);
  checkSize(frame.width, frame.height);
  const width = Math.max(screen.width, frame.left + frame.width);
  const height = Math.max(screen.height, frame.top + frame.height);
  checkSize(width, height);
  checkExpansion(width * height, bytes.length, "GIF");
  const pixels = dropAlpha(await decodeFrame(bytes, frame.width * frame.height * 4));
  if (frame.width === width && frame.height === height) return { width, height, data: pixels };
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = uncovered[i % 3];
  for (let row = 0; row < frame.height; row++) {
    const from = row * frame.width * 3;
    const to = ((frame.top + row) * width + frame.left) * 3;
    data.set(pixels.subarray(from, from + frame.width * 3), to);
  }
  return { width, height, data };
}

async function decodeFrame(bytes: Uint8Array, length: number): Promise<Uint8Array> {
  const { default: module } = await import("./imagescript_gif_module.js");
  // An instance a photo: its memory goes with it, and a failure leaves nothing behind.
  const instance = new WebAssembly.Instance(module, { env: { push_to_stream() {} } });
  const wasm = instance.exports as unknown as GifExports;
  try {
    const file = wasm.walloc(bytes.length);
    new Uint8Array(wasm.memory.buffer, file, bytes.length).set(bytes);
    const frame = wasm.decoder_frame(wasm.decoder_new(file, bytes.length, 0));
    const pixels = frame > 1 ? wasm.decoder_frame_buffer(frame) : 0;
    if (pixels && wasm.wlen() === length) return new Uint8Array(wasm.memory.buffer, pixels, length);
  } catch (cause) {
    throw new ImageError("corrupt", `GIF: ${cause}`, { cause });
  }
  throw new ImageError("truncated", "GIF file ends amid its first frame, or is damaged");
}

interface Layout {
  screen: { width: number; height: number };
  frame: { left: number; top: number; width: number; height: number };
  /** RGB of the pixels that the frame does not cover. */
  uncovered: Uint8Array;
}

/** Reads the blocks up to the first frame: https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function readLayout(bytes: Uint8Array): Layout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const screen = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    let at = 13 + paletteBytes(bytes[10]);
    let palette = bytes.subarray(13, at);
    let transparent = 0;
    while (view.getUint8(at) === 0x21) {
      if (bytes[at + 1] === 0xf9 && bytes[at + 3] & 1) transparent = bytes[at + 6];
      at += 2;
      while (view.getUint8(at) !== 0) at += 1 + bytes[at];
      at++;
    }
    if (bytes[at] !== 0x2c) throw new ImageError("corrupt", "GIF file without a frame");
    const [left, top] = [view.getUint16(at + 1, true), view.getUint16(at + 3, true)];
    const frame = {
      left,
      top,
      width: view.getUint16(at + 5, true),
      height: view.getUint16(at + 7, true),
    };
    const local = paletteBytes(view.getUint8(at + 9));
    if (local) palette = bytes.subarray(at + 10, at + 10 + local);
    const uncovered = palette.slice(transparent * 3, transparent * 3 + 3);
    return { screen, frame, uncovered };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ImageError("truncated", "GIF file ends before its first frame");
  }
}

function paletteBytes(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}
