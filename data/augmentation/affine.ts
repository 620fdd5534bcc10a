/**
 * Pillow's affine transforms of squares by the nearest pixel, black where the photo ends. Matches
 * libImaging/Geometry.c (in fixed point of 16 bits) and `Image.rotate` of Pillow 13.
 */

const FIXED = 65536;

/**
 * `image.transform(image.size, Transform.AFFINE, matrix)`: the result's pixel (x, y) is the photo's
 * (a·x + b·y + c, d·x + e·y + f), taken at the pixels' middles.
 */
export function affine(pixels: Uint8Array, size: number, matrix: readonly number[]): Uint8Array {
  const [a, b, c, d, e, f] = matrix;
  if (b === 0 && d === 0) return scaled(pixels, size, matrix);
  const out = new Uint8Array(pixels.length);
  const fixed = (value: number) => Math.floor(value * FIXED + 0.5);
  const [perX, perY] = [[fixed(a), fixed(d)], [fixed(b), fixed(e)]];
  let rowX = fixed(c + a * 0.5 + b * 0.5), rowY = fixed(f + d * 0.5 + e * 0.5);
  for (let y = 0; y < size; y++) {
    let atX = rowX, atY = rowY;
    for (let x = 0; x < size; x++) {
      copyPixel(pixels, Math.floor(atX / FIXED), Math.floor(atY / FIXED), out, x, y, size);
      atX += perX[0];
      atY += perX[1];
    }
    rowX += perY[0];
    rowY += perY[1];
  }
  return out;
}

/** Without rotation or shear, in floating point. */
function scaled(pixels: Uint8Array, size: number, matrix: readonly number[]): Uint8Array {
  const [a, , c, , e, f] = matrix;
  const out = new Uint8Array(pixels.length);
  const from = (offset: number, step: number) => {
    let at = offset + step * 0.5;
    return Array.from({ length: size }, () => {
      const index = at < 0 ? -1 : Math.trunc(at);
      at += step;
      return index;
    });
  };
  const columns = from(c, a), rows = from(f, e);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) copyPixel(pixels, columns[x], rows[y], out, x, y, size);
  }
  return out;
}

/** `image.rotate(degrees)`: anticlockwise about the middle. */
export function rotate(pixels: Uint8Array, size: number, degrees: number): Uint8Array {
  const turned = (degrees % 360 + 360) % 360;
  if (turned % 90 === 0) return quarterTurns(pixels, size, turned / 90);
  const angle = -turned * Math.PI / 180, centre = size / 2;
  const rounded = (value: number) => Number(value.toFixed(15));
  const [cos, sin] = [rounded(Math.cos(angle)), rounded(Math.sin(angle))];
  const offset = (x: number, y: number) => x * -centre + y * -centre + centre;
  return affine(pixels, size, [cos, sin, offset(cos, sin), -sin, cos, offset(-sin, cos)]);
}

function quarterTurns(pixels: Uint8Array, size: number, turns: number): Uint8Array {
  const out = new Uint8Array(pixels.length), last = size - 1;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [fromX, fromY] = [[x, y], [last - y, x], [last - x, last - y], [y, last - x]][turns];
      copyPixel(pixels, fromX, fromY, out, x, y, size);
    }
  }
  return out;
}

function copyPixel(
  pixels: Uint8Array,
  fromX: number,
  fromY: number,
  out: Uint8Array,
  x: number,
  y: number,
  size: number,
): void {
  if (fromX < 0 || fromX >= size || fromY < 0 || fromY >= size) return;
  const from = 3 * (fromY * size + fromX), to = 3 * (y * size + x);
  for (let c = 0; c < 3; c++) out[to + c] = pixels[from + c];
}
