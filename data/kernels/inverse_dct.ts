/**
 * libjpeg's inverse DCT "islow" (jidctint.c, after Loeffler, Ligtenberg and Moschytz), bit for bit:
 * constants have 13 bits of fractions; columns come first, and leave two bits for the rows.
 */
import { BETWEEN, BLOCK } from "./layout";

const FRACTION = 13;
const LEFT = 2;
/** The first so many coefficients of a file lie in the first four columns. */
const IN_FOUR_COLUMNS = 10;

/**
 * What lies in `BLOCK` as 8 by 8 bytes; zeros are left there.
 * @param coefficients how many there are, in the file's order
 * @param pitch from a row to the next
 */
export function inverseDct(coefficients: i32, out: usize, pitch: usize): void {
  const zero = i32x4.splat(0);
  if (coefficients === 1) {
    // libjpeg's values wrap at ten bits: shifted up to be cut off, and down again.
    const level = ((load<i32>(BLOCK) << LEFT) + (1 << (LEFT + 2))) >> (LEFT + 3) << 22 >> 22;
    const bytes = i8x16.splat(<i8> min(max(level + 128, 0), 255));
    for (let row: usize = 0; row < 8; row++) v128.store64_lane(out + row * pitch, bytes, 0);
    store<i32>(BLOCK, 0);
    return;
  }
  transform(BLOCK, 32, 1 << (FRACTION - LEFT - 1), FRACTION - LEFT);
  transpose(BLOCK, BETWEEN);
  transpose(BLOCK + 128, BETWEEN + 128);
  if (coefficients > IN_FOUR_COLUMNS) {
    transform(BLOCK + 16, 32, 1 << (FRACTION - LEFT - 1), FRACTION - LEFT);
    transpose(BLOCK + 16, BETWEEN + 64);
    transpose(BLOCK + 144, BETWEEN + 192);
  } else {
    for (let at: usize = 0; at < 64; at += 16) {
      v128.store(BETWEEN + 64 + at, zero);
      v128.store(BETWEEN + 192 + at, zero);
    }
  }
  for (let at: usize = 0; at < 256; at += 16) v128.store(BLOCK + at, zero);
  for (let half: usize = 0; half < 2; half++) {
    const at = BETWEEN + 128 * half;
    // Four bits are pushed out at the top: libjpeg's values wrap at ten.
    transform(at, 16, 1 << (FRACTION + LEFT + 2), 0);
    const left = bytesOf(at), right = bytesOf(at + 64);
    // deno-fmt-ignore
    const upper = i8x16.shuffle(left, right, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
    // deno-fmt-ignore
    const lower = i8x16.shuffle(left, right, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
    const to = out + 4 * half * pitch;
    v128.store64_lane(to, upper, 0);
    v128.store64_lane(to + pitch, upper, 1);
    v128.store64_lane(to + 2 * pitch, lower, 0);
    v128.store64_lane(to + 3 * pitch, lower, 1);
  }
}

/** Four columns of four rows as bytes, column by column. */
function bytesOf(at: usize): v128 {
  const first = i16x8.narrow_i32x4_s(level(v128.load(at)), level(v128.load(at, 16)));
  const second = i16x8.narrow_i32x4_s(level(v128.load(at, 32)), level(v128.load(at, 48)));
  const middle = i16x8.splat(128);
  return i8x16.narrow_i16x8_u(i16x8.add(first, middle), i16x8.add(second, middle));
}

function level(sum: v128): v128 {
  return i32x4.shr_s(i32x4.shl(sum, 32 - (FRACTION + LEFT + 3) - 10), 22);
}

/** Four rows of four to columns. */
function transpose(from: usize, to: usize): void {
  const a = v128.load(from),
    b = v128.load(from, 32),
    c = v128.load(from, 64),
    d = v128.load(from, 96);
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
  const AB = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const CD = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(ab, cd, 0, 2));
  v128.store(
    to,
    i64x2.shuffle(ab, cd, 1, 3),
    16,
  );
  v128.store(to, i64x2.shuffle(AB, CD, 0, 2), 32);
  v128.store(
    to,
    i64x2.shuffle(AB, CD, 1, 3),
    48,
  );
}

function times(a: v128, factor: i32): v128 {
  return i32x4.mul(a, i32x4.splat(factor));
}

/**
 * Of four lines at a time, in place.
 * @param step from a line's value to its next
 */
function transform(at: usize, step: usize, round: i32, shift: i32): void {
  const i2 = v128.load(at + 2 * step), i6 = v128.load(at + 6 * step);
  const sum26 = times(i32x4.add(i2, i6), 4433);
  const e2 = i32x4.sub(sum26, times(i6, 15137));
  const e3 = i32x4.add(sum26, times(i2, 6270));
  const i0 = v128.load(at), i4 = v128.load(at + 4 * step);
  const half = i32x4.splat(round);
  const e0 = i32x4.add(i32x4.shl(i32x4.add(i0, i4), FRACTION), half);
  const e1 = i32x4.add(i32x4.shl(i32x4.sub(i0, i4), FRACTION), half);
  const t10 = i32x4.add(e0, e3), t13 = i32x4.sub(e0, e3);
  const t11 = i32x4.add(e1, e2), t12 = i32x4.sub(e1, e2);

  const i1 = v128.load(at + step), i3 = v128.load(at + 3 * step);
  const i5 = v128.load(at + 5 * step), i7 = v128.load(at + 7 * step);
  const s73 = i32x4.add(i7, i3), s51 = i32x4.add(i5, i1);
  const z5 = times(i32x4.add(s73, s51), 9633);
  const z1 = times(i32x4.add(i7, i1), -7373), z2 = times(i32x4.add(i5, i3), -20995);
  const z3 = i32x4.sub(z5, times(s73, 16069)), z4 = i32x4.sub(z5, times(s51, 3196));
  const o0 = i32x4.add(times(i7, 2446), i32x4.add(z1, z3));
  const o1 = i32x4.add(times(i5, 16819), i32x4.add(z2, z4));
  const o2 = i32x4.add(times(i3, 25172), i32x4.add(z2, z3));
  const o3 = i32x4.add(times(i1, 12299), i32x4.add(z1, z4));

  v128.store(at, i32x4.shr_s(i32x4.add(t10, o3), shift));
  v128.store(at + step, i32x4.shr_s(i32x4.add(t11, o2), shift));
  v128.store(at + 2 * step, i32x4.shr_s(i32x4.add(t12, o1), shift));
  v128.store(at + 3 * step, i32x4.shr_s(i32x4.add(t13, o0), shift));
  v128.store(at + 4 * step, i32x4.shr_s(i32x4.sub(t13, o0), shift));
  v128.store(at + 5 * step, i32x4.shr_s(i32x4.sub(t12, o1), shift));
  v128.store(at + 6 * step, i32x4.shr_s(i32x4.sub(t11, o2), shift));
  v128.store(at + 7 * step, i32x4.shr_s(i32x4.sub(t10, o3), shift));
}
