/**
 * libjpeg's "fancy" upsampling (jdsample.c), bit for bit: a pixel is three parts of the nearest sample
 * and one of the next, across and, where rows were halved too, down. Beyond both ends of a row lies
 * what lies at them, so that a part of a photo has a pixel there that counts for nothing.
 */

/**
 * A row of samples to one of twice as many.
 * @param sums room for `count` uint16 and 32 bytes more
 */
export function upsampleAcross(
  row: usize,
  count: i32,
  sums: usize,
  out: usize,
): void {
  const samples = sums + 16;
  for (let x = 0; x < count + 8; x += 8) {
    v128.store(samples + 2 * x, v128.load_ext<u8>(row + x));
  }
  widen(samples, count, out, 1, 2, 2);
}

/**
 * Two rows of samples to a row of twice as many, nearer to the first.
 * Parameters are those of `upsampleAcross`.
 */
export function upsampleBoth(
  near: usize,
  far: usize,
  count: i32,
  sums: usize,
  out: usize,
): void {
  const samples = sums + 16, three = i16x8.splat(3);
  for (let x = 0; x < count + 8; x += 8) {
    const sum = i16x8.add(
      i16x8.mul(v128.load_ext<u8>(near + x), three),
      v128.load_ext<u8>(far + x),
    );
    v128.store(samples + 2 * x, sum);
  }
  widen(samples, count, out, 8, 7, 4);
}

function widen(
  samples: usize,
  count: i32,
  out: usize,
  roundEven: i16,
  roundOdd: i16,
  shift: i32,
): void {
  store<u16>(samples - 2, load<u16>(samples));
  store<u16>(samples + 2 * count, load<u16>(samples + 2 * count - 2));
  const three = i16x8.splat(3), low = i16x8.splat(roundEven), high = i16x8.splat(roundOdd);
  for (let x = 0; x < count; x += 8) {
    const at = samples + 2 * x;
    const triple = i16x8.mul(v128.load(at), three);
    const even = i16x8.shr_u(i16x8.add(i16x8.add(triple, v128.load(at - 2)), low), shift);
    const odd = i16x8.shr_u(i16x8.add(i16x8.add(triple, v128.load(at + 2)), high), shift);
    // Both fit a byte: the odd ones go into the upper halves.
    v128.store(out + 2 * x, v128.or(even, i16x8.shl(odd, 8)));
  }
}
