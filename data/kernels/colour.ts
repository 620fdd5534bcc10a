/** libjpeg's conversion of rows to RGB (jdcolor.c), bit for bit. Sixteen pixels at a time, or none. */

/**
 * Red is y + 1.402 cr, of fractions of 16 bits: 91881 is 65536 and 26345, which fit a signed factor of
 * 16 bits. Beside it a half is added, as 2 · 16384.
 * @returns how much is added to y
 */
function scaled(chroma: v128, factor: i32, half: v128): v128 {
  const pairs = i32x4.splat(16384 << 16 | (factor & 0xffff));
  const lower = i32x4.dot_i16x8_s(
    i16x8.shuffle(chroma, half, 0, 8, 1, 9, 2, 10, 3, 11),
    pairs,
  );
  const upper = i32x4.dot_i16x8_s(
    i16x8.shuffle(chroma, half, 4, 12, 5, 13, 6, 14, 7, 15),
    pairs,
  );
  return i16x8.narrow_i32x4_s(i32x4.shr_s(lower, 16), i32x4.shr_s(upper, 16));
}

/** What is added to y for green: -0.34414 cb - 0.71414 cr, of which 46802 is 65536 less 18734. */
function greenOf(cb: v128, cr: v128): v128 {
  const pairs = i32x4.splat(18734 << 16 | (-22554 & 0xffff)), half = i32x4.splat(32768);
  const lower = i32x4.dot_i16x8_s(
    i16x8.shuffle(cb, cr, 0, 8, 1, 9, 2, 10, 3, 11),
    pairs,
  );
  const upper = i32x4.dot_i16x8_s(
    i16x8.shuffle(cb, cr, 4, 12, 5, 13, 6, 14, 7, 15),
    pairs,
  );
  const sum = i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(lower, half), 16),
    i32x4.shr_s(i32x4.add(upper, half), 16),
  );
  return i16x8.sub(sum, cr);
}

/**
 * `count` pixels, and up to fifteen more, to RGB.
 * @param out of 16 bytes more than so many pixels take
 */
export function colourRow(y: usize, cb: usize, cr: usize, out: usize, count: i32): void {
  const middle = i16x8.splat(128), two = i16x8.splat(2);
  for (let x = 0; x < count; x += 16, out += 48) {
    const ys = v128.load(y + x), bs = v128.load(cb + x), rs = v128.load(cr + x);
    const y0 = i16x8.extend_low_i8x16_u(ys), y1 = i16x8.extend_high_i8x16_u(ys);
    const b0 = i16x8.sub(i16x8.extend_low_i8x16_u(bs), middle);
    const b1 = i16x8.sub(i16x8.extend_high_i8x16_u(bs), middle);
    const r0 = i16x8.sub(i16x8.extend_low_i8x16_u(rs), middle);
    const r1 = i16x8.sub(i16x8.extend_high_i8x16_u(rs), middle);
    const red = i8x16.narrow_i16x8_u(
      i16x8.add(y0, i16x8.add(r0, scaled(r0, 26345, two))),
      i16x8.add(y1, i16x8.add(r1, scaled(r1, 26345, two))),
    );
    const green = i8x16.narrow_i16x8_u(
      i16x8.add(y0, greenOf(b0, r0)),
      i16x8.add(y1, greenOf(b1, r1)),
    );
    // 116130 is 131072 less 14942.
    const blue = i8x16.narrow_i16x8_u(
      i16x8.add(y0, i16x8.add(i16x8.add(b0, b0), scaled(b0, -14942, two))),
      i16x8.add(y1, i16x8.add(i16x8.add(b1, b1), scaled(b1, -14942, two))),
    );
    storePixels(red, green, blue, out);
  }
}

/** As `colourRow`, of photos that have no colour. */
export function greyRow(y: usize, out: usize, count: i32): void {
  for (let x = 0; x < count; x += 16, out += 48) {
    const grey = v128.load(y + x);
    storePixels(grey, grey, grey, out);
  }
}

/** Sixteen pixels, in four overlapping stores. */
function storePixels(red: v128, green: v128, blue: v128, out: usize): void {
  const packed = i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
  const rg0 = lowerInTurn(red, green), rg1 = upperInTurn(red, green);
  const bb0 = lowerInTurn(blue, blue), bb1 = upperInTurn(blue, blue);
  const p0 = i16x8.shuffle(rg0, bb0, 0, 8, 1, 9, 2, 10, 3, 11);
  const p1 = i16x8.shuffle(rg0, bb0, 4, 12, 5, 13, 6, 14, 7, 15);
  const p2 = i16x8.shuffle(rg1, bb1, 0, 8, 1, 9, 2, 10, 3, 11);
  const p3 = i16x8.shuffle(rg1, bb1, 4, 12, 5, 13, 6, 14, 7, 15);
  v128.store(out, i8x16.swizzle(p0, packed));
  v128.store(out, i8x16.swizzle(p1, packed), 12);
  v128.store(out, i8x16.swizzle(p2, packed), 24);
  v128.store(out, i8x16.swizzle(p3, packed), 36);
}

/** Bytes of both in turn, those of the lower half of each. */
// @ts-ignore: decorator
@inline
function lowerInTurn(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function upperInTurn(a: v128, b: v128): v128 {
  // deno-fmt-ignore
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
