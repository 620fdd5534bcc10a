import type { RgbImage } from "./image.ts";
import type { Interpolation } from "./resize.ts";
import { evaluationCrop, type Normalization, normalizer } from "./transforms.ts";

/** How a model wants its photos. */
export interface Preprocessing extends Normalization {
  /** The shorter side is resized to this first. */
  resize: number;
  /** Side of the central crop. */
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
  const { resize, size, interpolation } = preprocessing;
  const input = new Float32Array(size * size * 3);
  normalizer(preprocessing)(evaluationCrop(image, resize, size, interpolation), input);
  return input;
}
