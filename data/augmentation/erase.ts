import type { Box } from "../resize.ts";

/** Zeros within a box of [size, size, 3], in place: `erase`. */
export function erase(values: Float32Array, size: number, { left, top, width, height }: Box): void {
  for (let y = top; y < top + height; y++) {
    values.fill(0, 3 * (y * size + left), 3 * (y * size + left + width));
  }
}
