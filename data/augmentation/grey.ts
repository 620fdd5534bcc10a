/** The grey of the pixel at `at`, as Pillow's `convert("L")`: weights of ITU-R 601-2 in fixed point. */
export function grey(pixels: Uint8Array, at: number): number {
  return (pixels[at] * 19595 + pixels[at + 1] * 38470 + pixels[at + 2] * 7471 + 0x8000) >> 16;
}
