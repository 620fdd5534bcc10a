/** How large one's own photos are kept. */
import { resizedSize } from "./crop.ts";
import type { RgbImage } from "./image.ts";
import { resize } from "./resize.ts";

/**
 * The longest that the shorter side of a photo of one's own is kept, in pixels. Networks look at 224
 * to 300: a photo of 12 megapixels takes 0.6 MB so, less than its JPEG, instead of 36.
 */
export const KEPT_SHORT_SIDE = 384;

/** Makes a photo smaller where its shorter side is longer than `most`; never larger. */
export function boundShortSide(image: RgbImage, most: number): RgbImage {
  if (Math.min(image.width, image.height) <= most) return image;
  const { width, height } = resizedSize(image.width, image.height, most);
  return resize(image, width, height);
}
