import { ImageError, type RgbImage } from "../image.ts";
import { cmykToRgb } from "./cmyk.ts";
import { greyToRgb } from "./samples.ts";

/** What imagescript's jpeg.wasm exports; pointers and lengths are in bytes. */
interface JpegExports {
  memory: WebAssembly.Memory;
  walloc(length: number): number;
  /** Of what `decode_buffer` just returned. */
  wlen(): number;
  /** At the least of 1/8, 1/4, 1/2 and all of its size that is as large; 0 when it cannot be. */
  decode(pointer: number, length: number, width: number, height: number): number;
  decode_width(image: number): number;
  decode_height(image: number): number;
  decode_format(image: number): number;
  decode_buffer(image: number): number;
}

/** What `decode_format` says, with the bytes of a pixel and how they become RGB. */
const FORMATS: Record<number, { bytes: number; toRgb: (pixels: Uint8Array) => Uint8Array }> = {
  0: { bytes: 1, toRgb: greyToRgb },
  1: { bytes: 3, toRgb: (rgb) => rgb.slice() },
  2: { bytes: 4, toRgb: cmykToRgb },
};

/** An APP14 segment of plain CMYK. */
const ADOBE = [0xff, 0xee, 0, 14, ...new TextEncoder().encode("Adobe"), 0, 100, 0, 0, 0, 0, 0];

/**
 * Decodes a JPEG by the decoder in Rust of imagescript, which can what mozjpeg's package cannot: CMYK
 * and YCCK, and photos at a part of their size, by a smaller inverse DCT, in memory for that part
 * (of progressive ones, also for the coefficients). Within two levels of Pillow, whose inverse DCT
 * rounds otherwise.
 *
 * CMYK is taken to be inverted, as Adobe's programs write it, also without their mark, as by Pillow.
 * @param least what is decoded is at least as large
 * @throws {ImageError}
 */
export async function decodeImagescriptJpeg(
  bytes: Uint8Array,
  { components, adobe }: { components: number; adobe: boolean },
  least: { width: number; height: number },
): Promise<RgbImage> {
  if (components === 4 && !adobe) bytes = withAdobe(bytes);
  const { default: module } = await import("./imagescript_jpeg_module.js");
  // An instance a photo: its memory goes with it, and a failure leaves nothing behind.
  const wasm = new WebAssembly.Instance(module).exports as unknown as JpegExports;
  try {
    const file = wasm.walloc(bytes.length);
    new Uint8Array(wasm.memory.buffer, file, bytes.length).set(bytes);
    const image = wasm.decode(file, bytes.length, least.width, least.height);
    const format = image === 0 ? undefined : FORMATS[wasm.decode_format(image)];
    if (!format) throw new ImageError("unsupported", "JPEG of an unknown kind, or damaged");
    const [width, height] = [wasm.decode_width(image), wasm.decode_height(image)];
    const pixels = wasm.decode_buffer(image);
    const length = wasm.wlen();
    if (length !== width * height * format.bytes) {
      throw new ImageError("corrupt", `JPEG of ${length} bytes`);
    }
    const data = format.toRgb(new Uint8Array(wasm.memory.buffer, pixels, length));
    return { width, height, data };
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    throw new ImageError("corrupt", `JPEG: ${cause}`, { cause });
  }
}

/** The decoder takes no CMYK without Adobe's mark. */
function withAdobe(bytes: Uint8Array): Uint8Array {
  const marked = new Uint8Array(bytes.length + ADOBE.length);
  marked.set(bytes.subarray(0, 2));
  marked.set(ADOBE, 2);
  marked.set(bytes.subarray(2), 2 + ADOBE.length);
  return marked;
}
