/** The tutorial's transforms: photos to square crops of bytes, and bytes to a model's input. */
import { centerOffset, resizedSize } from "./crop.ts";
import { fitCut, type View } from "./fit.ts";
import type { RgbImage } from "./image.ts";
import { type Box, type Interpolation, resizeWindow } from "./resize.ts";

/** Mean and standard deviation of red, green and blue, of values from 0 to 1. */
export interface Normalization {
  mean: readonly number[];
  std: readonly number[];
}

/** What a network sees of a photo when it is asked about it: [size, size, 3]. */
export function viewPhoto(image: RgbImage, view: View): Uint8Array {
  const { fit = "crop", resize, size, interpolation } = view;
  if (fit === "crop") return evaluationCrop(image, resize, size, interpolation);
  return fitCut(image, { left: 0, top: 0, width: image.width, height: image.height }, view);
}

/**
 * `Resize(resize)` and `CenterCrop(size)`: [size, size, 3]. Where the resized photo is smaller than
 * the crop, zeros surround it. Only the pixels of the crop are computed.
 */
export function evaluationCrop(
  image: RgbImage,
  resize: number,
  size: number,
  interpolation?: Interpolation,
): Uint8Array {
  const { width, height, window } = evaluationWindow(image, resize, size);
  const whole = { left: 0, top: 0, width: image.width, height: image.height };
  const { data } = resizeWindow(image, whole, width, height, window, interpolation);
  if (window.width === size && window.height === size) return data;
  const out = new Uint8Array(size * size * 3);
  const [left, top] = [centerOffset(width, size), centerOffset(height, size)];
  for (let row = 0; row < window.height; row++) {
    const from = row * window.width * 3;
    const to = ((row - Math.min(top, 0)) * size - Math.min(left, 0)) * 3;
    out.set(data.subarray(from, from + window.width * 3), to);
  }
  return out;
}

/** The size to which a photo is resized, and what of it lies in the crop. */
export function evaluationWindow(
  photo: Pick<RgbImage, "width" | "height">,
  resize: number,
  size: number,
): { width: number; height: number; window: Box } {
  const { width, height } = resizedSize(photo.width, photo.height, resize);
  const window = {
    left: Math.max(centerOffset(width, size), 0),
    top: Math.max(centerOffset(height, size), 0),
    width: Math.min(size, width),
    height: Math.min(size, height),
  };
  return { width, height, window };
}

/**
 * `ToTensor` and `Normalize` of bytes, in float32 as torch computes them, by table.
 * @returns a function that fills `out` from RGB bytes of the same length
 * @throws {RangeError} when mean or std are not three numbers, or a std is zero.
 */
export function normalizer(
  normalization: Normalization,
): (bytes: Uint8Array, out: Float32Array) => void {
  const table = normalizationTable(normalization);
  const [red, green, blue] = [0, 1, 2].map((c) => table.subarray(256 * c, 256 * (c + 1)));
  return (bytes, out) => {
    for (let i = 0; i < bytes.length; i += 3) {
      out[i] = red[bytes[i]];
      out[i + 1] = green[bytes[i + 1]];
      out[i + 2] = blue[bytes[i + 2]];
    }
  };
}

/**
 * What stands for each byte of red, green and blue: [3, 256].
 * @throws {RangeError} as `normalizer`
 */
export function normalizationTable({ mean, std }: Normalization): Float32Array<ArrayBuffer> {
  if (mean.length !== 3 || std.length !== 3 || std.some((value) => !(value > 0))) {
    throw new RangeError(`normalization needs 3 means and 3 stds above 0, got ${mean} and ${std}`);
  }
  return Float32Array.from({ length: 3 * 256 }, (_, i) => {
    const c = i >> 8, byte = i & 255;
    const centered = Math.fround(Math.fround(byte / 255) - Math.fround(mean[c]));
    return centered / Math.fround(std[c]);
  });
}
