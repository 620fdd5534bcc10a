/** What photos are compared by. */
import type { RgbImage } from "./image.ts";
import { resize } from "./resize.ts";

/** A photo in a kilobyte: enough to tell copies, resized ones and shots of a burst from others. */
export interface Fingerprint {
  /** pHash of 64 bits, as two halves. */
  hash: [number, number];
  /** The photo as [32, 32] grey values. */
  luma: Uint8Array;
  /** Mean blue and red difference (Cb, Cr), which grey values cannot tell. */
  chroma: [number, number];
  /** Largest difference of two colour channels in the small photo: 0 for grey ones. */
  colourfulness: number;
}

const SIDE = 32;
const BLOCK = 8;
/** Standard deviation of grey values below which a photo is flat: its hash would be noise. */
const FLAT = 2;

/** cos((2x + 1) u π / 2N), [frequency, position]: the DCT-II without its constants. */
const COSINES = Array.from(
  { length: BLOCK },
  (_, u) =>
    Float64Array.from({ length: SIDE }, (_, x) => Math.cos((2 * x + 1) * u * Math.PI / (2 * SIDE))),
);

export function fingerprintOf(image: RgbImage): Fingerprint {
  const { data } = resize(image, SIDE, SIDE);
  const luma = new Uint8Array(SIDE * SIDE);
  let [red, green, blue, colourfulness] = [0, 0, 0, 0];
  for (let i = 0, at = 0; i < luma.length; i++, at += 3) {
    const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
    luma[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b); // ITU-R BT.601
    red += r;
    green += g;
    blue += b;
    colourfulness = Math.max(colourfulness, Math.max(r, g, b) - Math.min(r, g, b));
  }
  const mean = (sum: number) => sum / luma.length;
  const y = 0.299 * mean(red) + 0.587 * mean(green) + 0.114 * mean(blue);
  return {
    hash: perceptualHash(luma),
    luma,
    chroma: [0.564 * (mean(blue) - y), 0.713 * (mean(red) - y)],
    colourfulness,
  };
}

/**
 * pHash: which of the 8×8 lowest frequencies of a DCT are above their median. Zauner 2010,
 * "Implementation and Benchmarking of Perceptual Image Hash Functions", section 3.2; as the library
 * imagehash computes it, with the mean colour counted among the frequencies.
 * @param luma [32, 32]
 */
export function perceptualHash(luma: ArrayLike<number>): [number, number] {
  if (deviation(luma) < FLAT) return [0, 0];
  const rows = new Float64Array(BLOCK * SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let u = 0; u < BLOCK; u++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += luma[y * SIDE + x] * COSINES[u][x];
      rows[u * SIDE + y] = sum;
    }
  }
  const frequencies = new Float64Array(BLOCK * BLOCK);
  for (let v = 0; v < BLOCK; v++) {
    for (let u = 0; u < BLOCK; u++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += rows[u * SIDE + y] * COSINES[v][y];
      frequencies[v * BLOCK + u] = sum;
    }
  }
  const sorted = frequencies.toSorted();
  const median = (sorted[31] + sorted[32]) / 2;
  const half = (start: number) => {
    let bits = 0;
    for (let i = start; i < start + 32; i++) bits = bits << 1 | Number(frequencies[i] > median);
    return bits >>> 0;
  };
  return [half(0), half(32)];
}

/** How many of the 64 bits differ. */
export function hashDistance(a: readonly [number, number], b: readonly [number, number]): number {
  return ones(a[0] ^ b[0]) + ones(a[1] ^ b[1]);
}

/** How alike two photos look, whatever their brightness and contrast: Pearson's r of grey values. */
export function likeness({ luma: a }: Fingerprint, { luma: b }: Fingerprint): number {
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    sumA += a[i];
    sumB += b[i];
    squaresA += a[i] * a[i];
    squaresB += b[i] * b[i];
    products += a[i] * b[i];
  }
  const n = a.length;
  const [varianceA, varianceB] = [squaresA - sumA * sumA / n, squaresB - sumB * sumB / n];
  const flat = n * FLAT ** 2;
  // Two flat photos are alike when they are as bright; a flat one is unlike any other.
  if (varianceA < flat || varianceB < flat) {
    const bothFlat = varianceA < flat && varianceB < flat;
    return bothFlat && Math.abs(sumA - sumB) < 3 * n ? 1 : 0;
  }
  return (products - sumA * sumB / n) / Math.sqrt(varianceA * varianceB);
}

/** Whether a photo has next to no contrast: a wall, the sky, a closed lens. */
export function isFlat({ luma }: Fingerprint): boolean {
  return deviation(luma) < FLAT;
}

function deviation(values: ArrayLike<number>): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
    squares += values[i] ** 2;
  }
  return Math.sqrt(Math.max(0, squares / values.length - (sum / values.length) ** 2));
}

/** Bits that are set in 32. */
export function ones(bits: number): number {
  bits -= bits >>> 1 & 0x55555555;
  bits = (bits & 0x33333333) + (bits >>> 2 & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
