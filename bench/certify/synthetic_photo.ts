/** The photos of tests/reference/transforms.py: every byte from a hash. */
import type { RgbImage } from "../../data/image.ts";
import { hashUniform } from "./hash_numbers.ts";

export function syntheticPhoto(stream: number, width: number, height: number): RgbImage {
  const values = hashUniform(stream, width * height * 3);
  return { width, height, data: Uint8Array.from(values, (value) => (value + 1) * 128) };
}
