/** Pillow's `ImageEnhance`: a photo and one without what is enhanced, blended in float32. */
import { grey } from "./grey.ts";

export function adjustBrightness(pixels: Uint8Array, factor: number): Uint8Array {
  return blend(() => 0, pixels, factor);
}

export function adjustContrast(pixels: Uint8Array, factor: number): Uint8Array {
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 3) sum += grey(pixels, at);
  const mean = Math.trunc(sum / (pixels.length / 3) + 0.5);
  return blend(() => mean, pixels, factor);
}

export function adjustSaturation(pixels: Uint8Array, factor: number): Uint8Array {
  return blend((i) => grey(pixels, i - i % 3), pixels, factor);
}

export function adjustSharpness(pixels: Uint8Array, size: number, factor: number): Uint8Array {
  const smooth = smoothed(pixels, size);
  return blend((i) => smooth[i], pixels, factor);
}

/** `Image.blend(degenerate, image, factor)`; matches libImaging/Blend.c. */
function blend(degenerate: (i: number) => number, image: Uint8Array, factor: number): Uint8Array {
  const alpha = Math.fround(factor);
  if (alpha === 1) return image.slice();
  return image.map((value, i) => {
    const from = degenerate(i);
    if (alpha === 0) return from;
    const mixed = Math.fround(from + Math.fround(alpha * (value - from)));
    return mixed <= 0 ? 0 : mixed >= 255 ? 255 : Math.trunc(mixed);
  });
}

/** Of `ImageFilter.SMOOTH`, row by row. */
const KERNEL = [1, 1, 1, 1, 5, 1, 1, 1, 1].map((weight) => Math.fround(weight / 13));

/** `image.filter(ImageFilter.SMOOTH)`, edges as they are; matches libImaging/Filter.c. */
function smoothed(pixels: Uint8Array, size: number): Uint8Array {
  const out = pixels.slice(), pitch = 3 * size;
  const row = (at: number, k: number) => {
    const sum = Math.fround(
      Math.fround(pixels[at - 3] * KERNEL[k]) + Math.fround(pixels[at] * KERNEL[k + 1]),
    );
    return Math.fround(sum + Math.fround(pixels[at + 3] * KERNEL[k + 2]));
  };
  for (let y = 1; y < size - 1; y++) {
    for (let at = y * pitch + 3; at < (y + 1) * pitch - 3; at++) {
      let sum = Math.fround(0.5 + row(at + pitch, 0));
      sum = Math.fround(sum + row(at, 3));
      sum = Math.fround(sum + row(at - pitch, 6));
      out[at] = sum >= 255 ? 255 : Math.trunc(sum);
    }
  }
  return out;
}
