/** Where torchvision's Resize, CenterCrop, RandomResizedCrop and RandomHorizontalFlip cut. */
import type { PixelChange } from "./augmentation/pixel_change.ts";
import type { Box } from "./resize.ts";
import { roundHalfEven } from "./round_half_even.ts";
import type { Generator } from "./torch_random.ts";

/** A cut-out that training takes, whether it is mirrored left to right, and what is changed after. */
export interface Crop extends Box {
  flip: boolean;
  /** To the square that the cut-out becomes, one after the other. */
  changes?: readonly PixelChange[];
  /** Part of the square whose normalised values become 0. */
  erased?: Box;
}

/** RandomResizedCrop's defaults: share of the photo's area, and width over height. */
const AREA = [0.08, 1] as const;
const RATIO = [3 / 4, 4 / 3] as const;
/** `torch.log(torch.tensor(ratio))`, which is of float32. */
const LOG_RATIO = RATIO.map((ratio) => Math.fround(Math.log(Math.fround(ratio))));
const TRIES = 10;

/**
 * The size to which `transforms.Resize(size)` brings a photo: its shorter side becomes `size`.
 * Matches `_compute_resized_output_size` of torchvision/transforms/functional.py.
 */
export function resizedSize(
  width: number,
  height: number,
  size: number,
): { width: number; height: number } {
  const long = Math.trunc(size * Math.max(width, height) / Math.min(width, height));
  return width <= height ? { width: size, height: long } : { width: long, height: size };
}

/**
 * Where `transforms.CenterCrop` begins along a side; negative where the side is shorter than the
 * crop and zeros go before it. Halves round to the even number, as in Python.
 */
export function centerOffset(side: number, crop: number): number {
  return side < crop ? -Math.floor((crop - side) / 2) : roundHalfEven((side - crop) / 2);
}

/**
 * The part of a photo that evaluation sees, after `Resize(resize)` and `CenterCrop(size)`, in the
 * photo's pixels and fractions of them. It sticks out where the crop is filled up with zeros.
 */
export function evaluationBox(width: number, height: number, resize: number, size: number): Box {
  const resized = resizedSize(width, height, resize);
  const [across, down] = [width / resized.width, height / resized.height];
  return {
    left: centerOffset(resized.width, size) * across,
    top: centerOffset(resized.height, size) * down,
    width: size * across,
    height: size * down,
  };
}

/**
 * Draws what `RandomResizedCrop` and then `RandomHorizontalFlip` draw for a photo of this size.
 * Matches both `get_params` and `forward` of torchvision/transforms/transforms.py; the exponential
 * alone may differ from torch's in its last bit (MKL's is not rounded correctly in 1 of 100), which
 * moves a side by a pixel about once in a million crops.
 *
 * @param minScale the smallest share of the photo's area; torchvision's when left out
 */
export function drawCrop(
  generator: Generator,
  width: number,
  height: number,
  minScale: number = AREA[0],
): Crop {
  return { ...drawBox(generator, width, height, minScale), flip: generator.uniform() < 0.5 };
}

function drawBox(generator: Generator, width: number, height: number, minScale: number): Box {
  for (let i = 0; i < TRIES; i++) {
    const area = width * height * generator.uniform(minScale, AREA[1]);
    const ratio = Math.fround(Math.exp(generator.uniform(LOG_RATIO[0], LOG_RATIO[1])));
    const w = roundHalfEven(Math.sqrt(area * ratio));
    const h = roundHalfEven(Math.sqrt(area / ratio));
    if (w > 0 && w <= width && h > 0 && h <= height) {
      const top = generator.randint(0, height - h + 1);
      const left = generator.randint(0, width - w + 1);
      return { left, top, width: w, height: h };
    }
  }
  return centralBox(width, height);
}

/** RandomResizedCrop's fallback: the largest central box of a permitted ratio. */
function centralBox(width: number, height: number): Box {
  const ratio = width / height;
  const w = ratio > RATIO[1] ? roundHalfEven(height * RATIO[1]) : width;
  const h = ratio < RATIO[0] ? roundHalfEven(width / RATIO[0]) : height;
  const left = Math.floor((width - w) / 2);
  const top = Math.floor((height - h) / 2);
  return { left, top, width: w, height: h };
}
