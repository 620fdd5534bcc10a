/** What training sees of a photo. */
import { changePixels } from "./augmentation/pixel_change.ts";
import type { Crop } from "./crop.ts";
import type { RgbImage } from "./image.ts";
import { fitCut, type Fitting } from "./fit.ts";
import type { Box } from "./resize.ts";

/**
 * Cuts, resizes to `size`×`size` (with `pad`, so that the longer side fits), flips (`resized_crop`,
 * `hflip`) and changes. [size, size, 3]
 */
export function trainingCrop(
  image: RgbImage,
  crop: Crop,
  view: Fitting,
): Uint8Array {
  const { size } = view;
  const data = fitCut(image, crop, view);
  if (crop.flip) flipRows(data, size);
  return (crop.changes ?? []).reduce((pixels, change) => changePixels(pixels, size, change), data);
}

/** Zeros within a box of [size, size, 3], in place: `erase`. */
export function erase(values: Float32Array, size: number, { left, top, width, height }: Box): void {
  for (let y = top; y < top + height; y++) {
    values.fill(0, 3 * (y * size + left), 3 * (y * size + left + width));
  }
}

/** Mirrors each row of pixels, in place. */
function flipRows(data: Uint8Array, width: number): void {
  for (let row = 0; row < data.length; row += width * 3) {
    for (let a = row, b = row + (width - 1) * 3; a < b; a += 3, b -= 3) {
      for (let c = 0; c < 3; c++) {
        [data[a + c], data[b + c]] = [data[b + c], data[a + c]];
      }
    }
  }
}
