/**
 * Both passes of Pillow's resize of RGB bytes (libImaging/Resample.c), bit for bit. A weight has 22
 * bits, which are multiplied as its upper ones and its lower eleven, two inputs at a time.
 */

const PRECISION = 22;
const LOWER = 11;

/** The weights of four inputs: lower parts of two, upper parts of two, and the same of the next two. */
const QUAD_BYTES = 16;

/**
 * Rows of RGB to rows of `outputs` pixels each; a byte behind each row is lost.
 * @param pitch from a row to the next, in bytes
 * @param quads of inputs that an output has
 * @param starts of each output, the byte of a row where its first input lies: int32
 * @param weights int16 [outputs, quads, 8]
 * @param toPitch from a row of outputs to the next, in bytes
 */
export function resampleRows(
  from: usize,
  pitch: i32,
  rows: i32,
  outputs: i32,
  quads: i32,
  starts: usize,
  weights: usize,
  to: usize,
  toPitch: i32,
): void {
  const half = i32x4.splat(1 << (PRECISION - 1)), none = i32x4.splat(0);
  const first = i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
  const second = i8x16(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
  for (let row = 0; row < rows; row += 2) {
    // Two rows have the same weights; of one that is left, both are the same.
    const other = row + 1 < rows ? pitch : 0, toOther = row + 1 < rows ? toPitch : 0;
    let weight = weights;
    for (let x = 0; x < outputs; x++) {
      let at = from + load<i32>(starts + 4 * x);
      let lowerA = half, upperA = none, lowerB = half, upperB = none;
      for (let quad = 0; quad < quads; quad++, at += 12, weight += QUAD_BYTES) {
        const w = v128.load(weight);
        const low = i32x4.shuffle(w, w, 0, 0, 0, 0);
        const high = i32x4.shuffle(w, w, 1, 1, 1, 1);
        const low2 = i32x4.shuffle(w, w, 2, 2, 2, 2);
        const high2 = i32x4.shuffle(w, w, 3, 3, 3, 3);
        const a = v128.load(at), b = v128.load(at + other);
        const a1 = i8x16.swizzle(a, first), a2 = i8x16.swizzle(a, second);
        const b1 = i8x16.swizzle(b, first), b2 = i8x16.swizzle(b, second);
        lowerA = i32x4.add(lowerA, i32x4.add(i32x4.dot_i16x8_s(a1, low), i32x4.dot_i16x8_s(a2, low2)));
        upperA = i32x4.add(upperA, i32x4.add(i32x4.dot_i16x8_s(a1, high), i32x4.dot_i16x8_s(a2, high2)));
        lowerB = i32x4.add(lowerB, i32x4.add(i32x4.dot_i16x8_s(b1, low), i32x4.dot_i16x8_s(b2, low2)));
        upperB = i32x4.add(upperB, i32x4.add(i32x4.dot_i16x8_s(b1, high), i32x4.dot_i16x8_s(b2, high2)));
      }
      const words = i16x8.narrow_i32x4_s(sumOf(lowerA, upperA), sumOf(lowerB, upperB));
      const pixels = i8x16.narrow_i16x8_u(words, words);
      v128.store32_lane(to + 3 * x, pixels, 0);
      v128.store32_lane(to + toOther + 3 * x, pixels, 1);
    }
    from += 2 * pitch;
    to += 2 * toPitch;
  }
}

/**
 * Columns of bytes to columns of `outputs` bytes: rows of `bytes` each; 15 bytes behind each are lost.
 * Rows come in order, so that they may lie one behind the other.
 * @param pitch from a row to the next, in bytes
 * @param starts of each output, the row of its first input: int32
 * @param weights as of `resampleRows`
 */
export function resampleColumns(
  from: usize,
  pitch: i32,
  bytes: i32,
  outputs: i32,
  quads: i32,
  starts: usize,
  weights: usize,
  to: usize,
  toPitch: i32,
): void {
  for (let y = 0; y < outputs; y++, to += toPitch, weights += quads * QUAD_BYTES) {
    const first = from + load<i32>(starts + 4 * y) * pitch;
    for (let x = 0; x < bytes; x += 16) {
      const half = i32x4.splat(1 << (PRECISION - 1)), none = i32x4.splat(0);
      let lower0 = half, lower1 = half, lower2 = half, lower3 = half;
      let upper0 = none, upper1 = none, upper2 = none, upper3 = none;
      let at = first + x, weight = weights;
      for (let pair = 0; pair < 2 * quads; pair++, at += 2 * pitch, weight += QUAD_BYTES / 2) {
        const a = v128.load(at), b = v128.load(at + pitch);
        const ab = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const AB = i8x16.shuffle(
          a,
          b,
          8,
          24,
          9,
          25,
          10,
          26,
          11,
          27,
          12,
          28,
          13,
          29,
          14,
          30,
          15,
          31,
        );
        const i0 = i16x8.extend_low_i8x16_u(ab), i1 = i16x8.extend_high_i8x16_u(ab);
        const i2 = i16x8.extend_low_i8x16_u(AB), i3 = i16x8.extend_high_i8x16_u(AB);
        const low = v128.load32_splat(weight), high = v128.load32_splat(weight + 4);
        lower0 = i32x4.add(lower0, i32x4.dot_i16x8_s(i0, low));
        lower1 = i32x4.add(lower1, i32x4.dot_i16x8_s(i1, low));
        lower2 = i32x4.add(lower2, i32x4.dot_i16x8_s(i2, low));
        lower3 = i32x4.add(lower3, i32x4.dot_i16x8_s(i3, low));
        upper0 = i32x4.add(upper0, i32x4.dot_i16x8_s(i0, high));
        upper1 = i32x4.add(upper1, i32x4.dot_i16x8_s(i1, high));
        upper2 = i32x4.add(upper2, i32x4.dot_i16x8_s(i2, high));
        upper3 = i32x4.add(upper3, i32x4.dot_i16x8_s(i3, high));
      }
      const left = i16x8.narrow_i32x4_s(sumOf(lower0, upper0), sumOf(lower1, upper1));
      const right = i16x8.narrow_i32x4_s(sumOf(lower2, upper2), sumOf(lower3, upper3));
      v128.store(to + x, i8x16.narrow_i16x8_u(left, right));
    }
  }
}

function sumOf(lower: v128, upper: v128): v128 {
  return i32x4.shr_s(i32x4.add(lower, i32x4.shl(upper, LOWER)), PRECISION);
}
