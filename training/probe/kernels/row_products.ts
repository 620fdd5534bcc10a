/**
 * AssemblyScript: what `../row_products.ts` computes, two float64 at a time. Pointers are bytes; counts
 * of rows are multiples of four, of vectors multiples of two.
 */

/** out[i, k] = row i · vector k. */
export function multiply(
  data: usize,
  rows: usize,
  rowCount: i32,
  columns: i32,
  vectors: usize,
  count: i32,
  out: usize,
): void {
  const stride: usize = <usize>columns << 3, outStride: usize = <usize>count << 3;
  const even: usize = <usize>(columns & ~1) << 3;
  for (let i = 0; i < rowCount; i += 4) {
    const at = rows + (<usize>i << 2);
    const r0 = data + <usize>load<i32>(at) * stride, r1 = data + <usize>load<i32>(at, 4) * stride;
    const r2 = data + <usize>load<i32>(at, 8) * stride, r3 = data + <usize>load<i32>(at, 12) * stride;
    for (let k = 0; k < count; k += 2) {
      const v0 = vectors + <usize>k * stride, v1 = v0 + stride;
      let s00 = f64x2.splat(0), s01 = s00, s10 = s00, s11 = s00;
      let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
      for (let d: usize = 0; d < even; d += 16) {
        const a = v128.load(v0 + d), b = v128.load(v1 + d);
        let x = v128.load(r0 + d);
        s00 = f64x2.add(s00, f64x2.mul(x, a));
        s01 = f64x2.add(s01, f64x2.mul(x, b));
        x = v128.load(r1 + d);
        s10 = f64x2.add(s10, f64x2.mul(x, a));
        s11 = f64x2.add(s11, f64x2.mul(x, b));
        x = v128.load(r2 + d);
        s20 = f64x2.add(s20, f64x2.mul(x, a));
        s21 = f64x2.add(s21, f64x2.mul(x, b));
        x = v128.load(r3 + d);
        s30 = f64x2.add(s30, f64x2.mul(x, a));
        s31 = f64x2.add(s31, f64x2.mul(x, b));
      }
      const o = out + <usize>i * outStride + (<usize>k << 3);
      finish(o, s00, r0, v0, even, stride);
      finish(o + 8, s01, r0, v1, even, stride);
      finish(o + outStride, s10, r1, v0, even, stride);
      finish(o + outStride + 8, s11, r1, v1, even, stride);
      finish(o + 2 * outStride, s20, r2, v0, even, stride);
      finish(o + 2 * outStride + 8, s21, r2, v1, even, stride);
      finish(o + 3 * outStride, s30, r3, v0, even, stride);
      finish(o + 3 * outStride + 8, s31, r3, v1, even, stride);
    }
  }
}

/** Both halves of a sum, and the last column of an odd count. */
// @ts-ignore: decorator
@inline
function finish(out: usize, sum: v128, row: usize, vector: usize, even: usize, stride: usize): void {
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  if (even < stride) total += load<f64>(row + even) * load<f64>(vector + even);
  store<f64>(out, total);
}

/** vector k += Σ factors[i, k] · row i. */
export function add(
  data: usize,
  rows: usize,
  rowCount: i32,
  columns: i32,
  factors: usize,
  count: i32,
  vectors: usize,
): void {
  const stride: usize = <usize>columns << 3, factorStride: usize = <usize>count << 3;
  const even: usize = <usize>(columns & ~1) << 3;
  for (let i = 0; i < rowCount; i += 4) {
    const at = rows + (<usize>i << 2);
    const r0 = data + <usize>load<i32>(at) * stride, r1 = data + <usize>load<i32>(at, 4) * stride;
    const r2 = data + <usize>load<i32>(at, 8) * stride, r3 = data + <usize>load<i32>(at, 12) * stride;
    for (let k = 0; k < count; k += 2) {
      const v0 = vectors + <usize>k * stride, v1 = v0 + stride;
      const f0 = factors + <usize>i * factorStride + (<usize>k << 3);
      const f1 = f0 + factorStride, f2 = f1 + factorStride, f3 = f2 + factorStride;
      const f00 = v128.load64_splat(f0), f01 = v128.load64_splat(f0, 8);
      const f10 = v128.load64_splat(f1), f11 = v128.load64_splat(f1, 8);
      const f20 = v128.load64_splat(f2), f21 = v128.load64_splat(f2, 8);
      const f30 = v128.load64_splat(f3), f31 = v128.load64_splat(f3, 8);
      for (let d: usize = 0; d < even; d += 16) {
        const x0 = v128.load(r0 + d), x1 = v128.load(r1 + d);
        const x2 = v128.load(r2 + d), x3 = v128.load(r3 + d);
        const a = f64x2.add(
          f64x2.add(f64x2.mul(x0, f00), f64x2.mul(x1, f10)),
          f64x2.add(f64x2.mul(x2, f20), f64x2.mul(x3, f30)),
        );
        v128.store(v0 + d, f64x2.add(v128.load(v0 + d), a));
        const b = f64x2.add(
          f64x2.add(f64x2.mul(x0, f01), f64x2.mul(x1, f11)),
          f64x2.add(f64x2.mul(x2, f21), f64x2.mul(x3, f31)),
        );
        v128.store(v1 + d, f64x2.add(v128.load(v1 + d), b));
      }
      if (even < stride) {
        const x0 = load<f64>(r0 + even), x1 = load<f64>(r1 + even);
        const x2 = load<f64>(r2 + even), x3 = load<f64>(r3 + even);
        const a = x0 * load<f64>(f0) + x1 * load<f64>(f1) + x2 * load<f64>(f2) + x3 * load<f64>(f3);
        const b = x0 * load<f64>(f0, 8) + x1 * load<f64>(f1, 8) + x2 * load<f64>(f2, 8) +
          x3 * load<f64>(f3, 8);
        store<f64>(v0 + even, load<f64>(v0 + even) + a);
        store<f64>(v1 + even, load<f64>(v1 + even) + b);
      }
    }
  }
}
