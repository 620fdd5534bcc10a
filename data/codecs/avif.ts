import libavif from "@jsquash/avif/codec/dec/avif_dec.js";
import { checkSize, ImageError, type RgbImage } from "../image.ts";
import { checkExpansion } from "./budget.ts";
import {
  type EmscriptenCodec,
  type EmscriptenFactory,
  instantiateCodec,
} from "./emscripten_codec.ts";
import { readPrimaryItem } from "./iso_boxes.ts";
import { dropAlpha } from "./samples.ts";

/** Pixels of a byte: a white photo has 16,000. */
const MAX_EXPANSION = 2 ** 16;
const BITS = 8;
let codec: Promise<EmscriptenCodec<number>> | undefined;

/**
 * Decodes an AVIF file, or the first frame of an animation, by libavif, as Pillow does; colours may
 * differ by two levels, as Pillow's libavif converts them by libyuv's shorter arithmetic. It is not
 * turned: the container's `irot` and `imir` count as EXIF's orientation.
 * @throws {ImageError}
 */
export async function decodeAvif(bytes: Uint8Array): Promise<RgbImage> {
  const { size } = readPrimaryItem(bytes);
  if (!size) throw new ImageError("corrupt", "AVIF file does not say how large its photo is");
  const { width, height } = size;
  checkSize(width, height);
  checkExpansion(width * height, bytes.length, "AVIF", MAX_EXPANSION);
  codec ??= load();
  const decoded = decodeWith(await codec, bytes);
  if (!decoded) throw new ImageError("corrupt", "AVIF cannot be decoded: damaged or cut off");
  if (decoded.length !== width * height * 4) {
    throw new ImageError("corrupt", "AVIF photo has not the size that its file says");
  }
  return { width, height, data: dropAlpha(decoded) };
}

function decodeWith(
  { decode }: EmscriptenCodec<number>,
  bytes: Uint8Array,
): Uint8ClampedArray | undefined {
  try {
    return decode(bytes, BITS)?.data;
  } catch (cause) {
    codec = undefined; // the instance may be left in any state
    throw new ImageError("corrupt", `AVIF: ${cause}`, { cause });
  }
}

async function load(): Promise<EmscriptenCodec<number>> {
  const { default: module } = await import("./libavif_module.js");
  const factory = libavif as unknown as EmscriptenFactory<number>;
  return await instantiateCodec(factory, module, () => {});
}
