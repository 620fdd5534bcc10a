import { type Crop, drawCrop } from "../crop.ts";
import type { Generator } from "../torch_random.ts";
import type { Augmentation } from "./augmentation.ts";
import { drawColorJitter } from "./color_jitter.ts";
import type { PixelChange } from "./pixel_change.ts";
import { drawErasing } from "./random_erasing.ts";
import { drawTrivialAugment } from "./trivial_augment.ts";

/**
 * Draws for a photo what torchvision's transforms draw one after the other: RandomResizedCrop and
 * RandomHorizontalFlip, RandomRotation, ColorJitter, TrivialAugmentWide, and, once the photo is
 * normalised, RandomErasing. What is switched off draws nothing.
 *
 * @param size side of the square that the crop becomes
 */
export function drawAugmented(
  generator: Generator,
  { width, height }: { width: number; height: number },
  size: number,
  { minScale, degrees, jitter, trivial, erasing }: Augmentation,
): Crop {
  const crop = drawCrop(generator, width, height, minScale);
  const changes: PixelChange[] = [];
  if (degrees > 0) {
    changes.push({ kind: "rotate", degrees: generator.uniform(-degrees, degrees) });
  }
  if (jitter > 0) changes.push(...drawColorJitter(generator, jitter));
  const change = trivial ? drawTrivialAugment(generator, size) : undefined;
  if (change) changes.push(change);
  const erased = erasing > 0 ? drawErasing(generator, size, erasing) : undefined;
  return { ...crop, ...(changes.length > 0 && { changes }), ...(erased && { erased }) };
}
