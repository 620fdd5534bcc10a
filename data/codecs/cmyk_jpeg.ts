import { ImageError, type RgbImage } from "../image.ts";
import { cmykToRgb } from "./cmyk.ts";

/** What imagescript's jpeg.wasm exports; pointers and lengths are in bytes. */
interface JpegExports {
  memory: WebAssembly.Memory;
  walloc(length: number): number;
  /** Of what `decode_buffer` just returned. */
  wlen(): number;
  /** 0 when the file could not be decoded. */
  decode(pointer: number, length: number, width: number, height: number): number;
  decode_format(image: number): number;
  decode_buffer(image: number): number;
}

const CMYK_FORMAT = 2;

/** An APP14 segment of plain CMYK. */
const ADOBE = [0xff, 0xee, 0, 14, ...new TextEncoder().encode("Adobe"), 0, 100, 0, 0, 0, 0, 0];

/**
 * Decodes a CMYK or YCCK JPEG, which mozjpeg cannot. It is taken to be inverted, as Adobe's programs
 * write it, also without their mark, as by Pillow. Within two levels of Pillow, whose inverse DCT
 * rounds otherwise.
 * @throws {ImageError}
 */
export async function decodeCmykJpeg(
  bytes: Uint8Array,
  { width, height, adobe }: { width: number; height: number; adobe: boolean },
): Promise<RgbImage> {
  if (!adobe) bytes = withAdobe(bytes);
  const { default: module } = await import("./imagescript_jpeg_module.js");
  // An instance a photo: its memory goes with it, and a failure leaves nothing behind.
  const wasm = new WebAssembly.Instance(module).exports as unknown as JpegExports;
  try {
    const file = wasm.walloc(bytes.length);
    new Uint8Array(wasm.memory.buffer, file, bytes.length).set(bytes);
    const image = wasm.decode(file, bytes.length, width, height);
    if (image === 0 || wasm.decode_format(image) !== CMYK_FORMAT) {
      throw new ImageError("unsupported", "CMYK JPEG of an unknown kind, or damaged");
    }
    const pixels = wasm.decode_buffer(image);
    const length = wasm.wlen();
    if (length !== width * height * 4) {
      throw new ImageError("corrupt", `CMYK JPEG of ${length} bytes`);
    }
    const cmyk = new Uint8Array(wasm.memory.buffer, pixels, length);
    return { width, height, data: cmykToRgb(cmyk) };
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    throw new ImageError("corrupt", `CMYK JPEG: ${cause}`, { cause });
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
