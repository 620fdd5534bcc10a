/** How the whole of a photo, or a part that training cuts out of it, becomes the network's square. */
import type { Box, Interpolation } from "./resize.ts";
import { resizeWindow } from "./resize.ts";
import type { RgbImage } from "./image.ts";
import { roundHalfEven } from "./round_half_even.ts";

/**
 * `crop`: the shorter side is resized and the middle cut out, so that ends of the longer one are lost;
 * `pad`: the longer side is resized, and the mean colour fills the square up; `squash`: both sides are
 * resized to the square's, whatever they were to each other.
 */
export const FITS = ["crop", "pad", "squash"] as const;
export type Fit = typeof FITS[number];

/** What a network sees of a photo. */
export interface View {
  /** crop where it is left out. */
  fit?: Fit;
  /** With `crop`, the shorter side is resized to this first. */
  resize: number;
  /** Side of the square. */
  size: number;
  /** Bilinear where it is left out. */
  interpolation?: Interpolation;
  /** Of red, green and blue, of values from 0 to 1: the colour of `pad`'s margins; else black. */
  mean?: readonly number[];
}

/** What of it holds for any part of a photo. */
export type Fitting = Omit<View, "resize">;

/** A part of a photo as the whole is fitted: [size, size, 3]. `crop` fits a part by squashing it. */
export function fitCut(image: RgbImage, cut: Box, view: Fitting): Uint8Array {
  const { fit, size, interpolation } = view;
  if (fit === "pad") return letterbox(image, cut, view);
  const window = { left: 0, top: 0, width: size, height: size };
  return resizeWindow(image, cut, size, size, window, interpolation).data;
}

/** Pillow's `ImageOps.pad(image, (size, size), method, color)`; no side becomes less than a pixel. */
function letterbox(
  image: RgbImage,
  cut: Box,
  { size, interpolation, mean = [0, 0, 0] }: Fitting,
): Uint8Array {
  const ratio = cut.width / cut.height;
  const width = ratio >= 1 ? size : Math.max(1, roundHalfEven(ratio * size));
  const height = ratio > 1 ? Math.max(1, roundHalfEven(cut.height / cut.width * size)) : size;
  const window = { left: 0, top: 0, width, height };
  const { data } = resizeWindow(image, cut, width, height, window, interpolation);
  const left = roundHalfEven((size - width) / 2), top = roundHalfEven((size - height) / 2);
  const colour = marginColour(mean);
  const out = new Uint8Array(size * size * 3);
  for (let at = 0; at < out.length; at += 3) out.set(colour, at);
  for (let row = 0; row < height; row++) {
    const pixels = data.subarray(row * width * 3, (row + 1) * width * 3);
    out.set(pixels, ((top + row) * size + left) * 3);
  }
  return out;
}

/** Of `pad`'s margins, in bytes: what is next to 0 when it is normalised. */
export function marginColour(mean: readonly number[]): number[] {
  return mean.map((value) => Math.round(255 * value));
}

type Sides = Pick<Box, "width" | "height">;

/**
 * What training's crop is drawn on: the photo, or for `pad` and `squash` a square of its longer side, so
 * that a part's sides are to each other nearly as the photo's.
 */
export function drawnOn({ width, height }: Sides, fit: Fit = "crop"): Sides {
  const side = Math.max(width, height);
  return fit === "crop" ? { width, height } : { width: side, height: side };
}

/** A crop that was drawn on `drawnOn(photo, fit)`, in the photo's whole pixels. */
export function ofPhoto<Crop extends Box>(crop: Crop, photo: Sides, fit: Fit = "crop"): Crop {
  if (fit === "crop") return crop;
  const side = Math.max(photo.width, photo.height);
  const [left, width] = scaled(crop.left, crop.width, side, photo.width);
  const [top, height] = scaled(crop.top, crop.height, side, photo.height);
  return { ...crop, left, top, width, height };
}

/** A stretch of a line of `from` pixels on one of `to`, where it is a pixel at least. */
function scaled(start: number, length: number, from: number, to: number): [number, number] {
  const first = Math.min(to - 1, Math.round(start * to / from));
  return [first, Math.max(1, Math.round((start + length) * to / from) - first)];
}

/**
 * Where the square lies on the photo, in the photo's pixels: with `pad` it sticks out. Of `crop`, see
 * `evaluationBox`.
 */
export function fittedBox({ width, height }: Sides, fit: "pad" | "squash"): Box {
  if (fit === "squash") return { left: 0, top: 0, width, height };
  const side = Math.max(width, height);
  return { left: (width - side) / 2, top: (height - side) / 2, width: side, height: side };
}
