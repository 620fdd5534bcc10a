import type { RgbImage } from "../../data/image.ts";

export type Rgb = [red: number, green: number, blue: number];

/** A photo of one colour. */
export function plain(colour: Rgb, width = 8, height = 8): RgbImage {
  return painted(width, height, () => colour);
}

/** A photo whose pixels a function names. */
export function painted(
  width: number,
  height: number,
  colour: (x: number, y: number) => Rgb,
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    data.set(colour(i % width, Math.floor(i / width)), i * 3);
  }
  return { width, height, data };
}

/** The pixel at (x, y). */
export function pixel({ width, data }: RgbImage, x: number, y: number): Rgb {
  const at = (Math.round(y) * width + Math.round(x)) * 3;
  return [data[at], data[at + 1], data[at + 2]];
}
