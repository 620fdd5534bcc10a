/** Pillow's `cmyk2rgb` (libImaging/Convert.c): no colour profile, 255 is full ink. */
export function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const data = new Uint8Array(cmyk.length / 4 * 3);
  for (let from = 0, to = 0; from < cmyk.length; from += 4) {
    const white = 255 - cmyk[from + 3];
    for (let c = 0; c < 3; c++) data[to++] = Math.max(0, white - product(cmyk[from + c], white));
  }
  return data;
}

/** a·b/255, rounded: Pillow's MULDIV255. */
function product(a: number, b: number): number {
  const x = a * b + 128;
  return ((x >> 8) + x) >> 8;
}
