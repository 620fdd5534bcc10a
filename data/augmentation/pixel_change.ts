/** A change to a square of RGB bytes that was drawn by chance, as Pillow computes it. */
import { affine, rotate } from "./affine.ts";
import { adjustBrightness, adjustContrast, adjustSaturation, adjustSharpness } from "./enhance.ts";
import { autocontrast, equalize, posterize, solarize } from "./lookup.ts";

export type PixelChange =
  | { kind: "rotate"; degrees: number }
  /** From a pixel of the result to the one that it shows. */
  | { kind: "affine"; matrix: readonly number[] }
  | { kind: "brightness" | "contrast" | "saturation" | "sharpness"; factor: number }
  | { kind: "posterize"; bits: number }
  | { kind: "solarize"; threshold: number }
  | { kind: "autocontrast" }
  | { kind: "equalize" };

/** @param pixels [size, size, 3]; they stay as they are */
export function changePixels(pixels: Uint8Array, size: number, change: PixelChange): Uint8Array {
  switch (change.kind) {
    case "rotate":
      return rotate(pixels, size, change.degrees);
    case "affine":
      return affine(pixels, size, change.matrix);
    case "brightness":
      return adjustBrightness(pixels, change.factor);
    case "contrast":
      return adjustContrast(pixels, change.factor);
    case "saturation":
      return adjustSaturation(pixels, change.factor);
    case "sharpness":
      return adjustSharpness(pixels, size, change.factor);
    case "posterize":
      return posterize(pixels, change.bits);
    case "solarize":
      return solarize(pixels, change.threshold);
    case "autocontrast":
      return autocontrast(pixels);
    case "equalize":
      return equalize(pixels);
  }
}
