/** How large one's own photos are kept. */
import type { RgbImage } from "./image.ts";
import { resize } from "./resize.ts";

/**
 * The longest that the shorter side of a photo of one's own is kept, in pixels. Networks look at 224
 * to 300: a photo of 12 megapixels takes 0.6 MB so, less than its JPEG, instead of 36.
 */
export const KEPT_SHORT_SIDE = 384;

/** What crops of networks are smaller than the photo that is resized for them, at most: 224 of 256. */
const RESIZED = 256 / 224;

/**
 * How long the shorter side of a photo of one's own is kept for networks that see squares of `size`, so
 * that nothing is enlarged that was there.
 */
export function keptShortSide(size = 0): number {
  return Math.max(KEPT_SHORT_SIDE, Math.ceil(size * RESIZED));
}

/** Makes a photo smaller where its shorter side is longer than `most`; never larger. */
export function boundShortSide(image: RgbImage, most: number): RgbImage {
  const { width, height } = image;
  const short = Math.min(width, height);
  if (short <= most) return image;
  // As torchvision's Resize cuts the longer side to whole pixels; by hand, since `crop.ts` brings along
  // all of augmentation.
  const scaled = (side: number) => Math.trunc(most * side / short);
  return resize(image, scaled(width), scaled(height));
}
