/** JPEG files of chosen kinds, by mozjpeg's encoder. */
import encode, { init } from "@jsquash/jpeg/encode.js";
import type { EncodeOptions } from "@jsquash/jpeg/meta.js";
import module from "../../../report/page/mozjpeg_encoder_module.js";
import type { RgbImage } from "../../../data/image.ts";

let ready: Promise<unknown> | undefined;

/** Baseline where nothing else is asked for. */
export async function encodeJpegOf(
  { width, height, data }: RgbImage,
  options: Partial<EncodeOptions>,
): Promise<Uint8Array<ArrayBuffer>> {
  await (ready ??= init(module));
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  }
  const image = { width, height, data: rgba, colorSpace: "srgb" } as ImageData;
  return new Uint8Array(await encode(image, { progressive: false, ...options }));
}
