import type { RgbImage } from "./image.ts";
import type { Fit } from "./fit.ts";
import type { Interpolation } from "./resize.ts";
import { type Normalization, normalizer, viewPhoto } from "./transforms.ts";

/** How a model wants its photos. */
export interface Preprocessing extends Normalization {
  /** How it becomes a square; crop where it is left out. */
  fit?: Fit;
  /** With `crop`, the shorter side is resized to this first. */
  resize: number;
  /** Side of the square. */
  size: number;
  /** Bilinear where it is left out. */
  interpolation?: Interpolation;
}

/**
 * One photo as a model's input: [1, size, size, 3], as evaluation makes it.
 *
 * @example
 * ```ts
 * const photo = await decodeImage(bytes, { exifOrientation: true });
 * const input = preprocessPhoto(photo, { resize: 256, size: 224, mean, std });
 * ```
 */
export function preprocessPhoto(image: RgbImage, preprocessing: Preprocessing): Float32Array {
  const { size } = preprocessing;
  const input = new Float32Array(size * size * 3);
  normalizer(preprocessing)(viewPhoto(image, preprocessing), input);
  return input;
}
