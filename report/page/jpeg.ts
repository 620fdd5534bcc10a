import encode, { init } from "@jsquash/jpeg/encode.js";
import type { RgbImage } from "../../data/image.ts";
import { checkImage } from "../png.ts";
import module from "./mozjpeg_encoder_module.js";

/** Enough for a look; a photo of 224×224 takes about 10 kB. */
const QUALITY = 72;

let ready: Promise<unknown> | undefined;

/** Encodes a photo as JPEG, for a page that carries many. */
export async function encodeJpeg(image: RgbImage): Promise<Uint8Array> {
  const { width, height, data } = checkImage(image);
  await (ready ??= init(module));
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from];
    rgba[to + 1] = data[from + 1];
    rgba[to + 2] = data[from + 2];
  }
  const jpeg = await encode({ width, height, data: rgba } as ImageData, { quality: QUALITY });
  return new Uint8Array(jpeg);
}
