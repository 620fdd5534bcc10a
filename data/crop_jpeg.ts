import { decodePart, readBaselineJpeg } from "./codecs/baseline_jpeg.ts";
import { checkJpeg, isPlainJpeg } from "./codecs/jpeg.ts";
import { beforeTurning, exifOrientation, orient } from "./exif_orientation.ts";
import type { View } from "./fit.ts";
import type { DecodedPixels } from "./photo_kernels.ts";
import { resamplePixels } from "./resample_pixels.ts";
import { type Box, planResize } from "./resize.ts";
import { evaluationWindow } from "./transforms.ts";

/**
 * What evaluation sees of a JPEG file, turned upright: nothing is computed of what it does not see. The
 * bytes are those of `decodeImage` and `viewPhoto`.
 *
 * @returns undefined for files and views that they have to see to
 * @throws {ImageError} as `decodeJpeg`
 */
export function cropJpeg(bytes: Uint8Array, view: View): Uint8Array<ArrayBuffer> | undefined {
  const { fit = "crop", resize, size, interpolation } = view;
  if (fit !== "crop" || !isPlainJpeg(checkJpeg(bytes))) return undefined;
  const jpeg = readBaselineJpeg(bytes);
  if (!jpeg) return undefined;
  const orientation = exifOrientation(bytes, "jpeg");
  const [width, height] = orientation >= 5 ? [jpeg.height, jpeg.width] : [jpeg.width, jpeg.height];
  const resized = evaluationWindow({ width, height }, resize, size);
  const { window } = resized;
  if (window.width < size || window.height < size) return undefined;
  const whole = { left: 0, top: 0, width, height };
  const plan = planResize(whole, resized.width, resized.height, window, interpolation);
  const part = beforeTurning(plan.part, jpeg, orientation);
  const pixels = decodePart(bytes, jpeg, part);
  return pixels && resamplePixels(turned(pixels, part, orientation), plan);
}

/** The pixels upright, in their place. */
function turned(pixels: DecodedPixels, { width, height }: Box, orientation: number): DecodedPixels {
  if (orientation === 1) return pixels;
  const { at, pitch, kernels: { bytes } } = pixels;
  const data = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) {
    data.set(bytes.subarray(at + row * pitch, at + row * pitch + 3 * width), 3 * width * row);
  }
  const upright = orient({ width, height, data }, orientation);
  bytes.set(upright.data, at);
  return { ...pixels, pitch: 3 * upright.width };
}
