/** Pictures with shapes in them, as photos have: discs of chance colour, place and size, on a slope. */
import { hashUniform } from "../../bench/certify/hash_numbers.ts";
import type { RgbImage } from "../../data/image.ts";

const DISCS = 9;

/** @param grey without colour */
export function scene(seed: number, width: number, height: number, grey = false): RgbImage {
  const chance = hashUniform(1000 + 7 * seed, 7 * DISCS + 4).map((value) => (value + 1) / 2);
  const data = new Uint8Array(width * height * 3);
  const [tiltX, tiltY, base] = [chance[0] - 0.5, chance[1] - 0.5, 70 + 90 * chance[2]];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width, y / height];
      const colour = [0, 0, 0].fill(base + 90 * (tiltX * u + tiltY * v));
      for (let disc = 0; disc < DISCS; disc++) {
        const [cx, cy, radius, ...tone] = chance.subarray(4 + 7 * disc, 4 + 7 * disc + 6);
        if (Math.hypot(u - cx, v - cy) > 0.08 + 0.2 * radius) continue;
        tone.forEach((value, c) => colour[c] = 255 * (grey ? tone[0] : value));
      }
      for (const value of colour) data[at++] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
  return { width, height, data };
}
