/**
 * What follows a convolution, done with its output while that is in cache (products: in registers,
 * generate_micro_kernels.ts): min(max(scale·y + shift + residual, lower), upper), or an activation
 * that bends.
 */
import { activateRows, isSmooth } from "./activation";
import { Epilogue } from "./generated_abi";
import { bound, floats, fma } from "./simd";

/**
 * In place on rows of the output, the first being its row `first`, and on `columns` of its channels
 * from n0 on. They lie at y, `pitch` bytes from row to row.
 */
export function finishRows(
  epilogue: Epilogue, y: usize, pitch: usize, first: i32, rows: i32,
  n0: i32, columns: i32, channels: i32,
): void {
  const residualPitch = floats(channels), lowest = epilogue.lower, highest = epilogue.upper;
  const lower = f32x4.splat(lowest), upper = f32x4.splat(highest);
  let c = 0;
  for (; c + 8 <= columns; c += 8) {
    const o = floats(n0 + c), scale = epilogue.scale + o, shift = epilogue.shift + o;
    const s0 = v128.load(scale), s1 = v128.load(scale, 16);
    const t0 = v128.load(shift), t1 = v128.load(shift, 16);
    let p = y + floats(c);
    if (!epilogue.residual) {
      for (let r = 0; r < rows; r++) {
        const x0 = v128.load(p), x1 = v128.load(p, 16);
        const y0 = bound(fma(x0, s0, t0), lower, upper), y1 = bound(fma(x1, s1, t1), lower, upper);
        v128.store(p, y0), v128.store(p, y1, 16);
        p += pitch;
      }
      continue;
    }
    let q = epilogue.residual + <usize>first * residualPitch + o;
    for (let r = 0; r < rows; r++) {
      const x0 = v128.load(p), x1 = v128.load(p, 16);
      const r0 = v128.load(q), r1 = v128.load(q, 16);
      const z0 = f32x4.add(fma(x0, s0, t0), r0), z1 = f32x4.add(fma(x1, s1, t1), r1);
      const y0 = bound(z0, lower, upper), y1 = bound(z1, lower, upper);
      v128.store(p, y0), v128.store(p, y1, 16);
      p += pitch, q += residualPitch;
    }
  }
  for (; c < columns; c++) {
    const o = floats(n0 + c);
    const scale = load<f32>(epilogue.scale + o), shift = load<f32>(epilogue.shift + o);
    let p = y + floats(c), q = epilogue.residual + <usize>first * residualPitch + o;
    for (let r = 0; r < rows; r++) {
      let value = load<f32>(p) * scale + shift;
      if (epilogue.residual) value += load<f32>(q);
      if (value < lowest) value = lowest;
      if (value > highest) value = highest;
      store<f32>(p, value);
      p += pitch, q += residualPitch;
    }
  }
  bendRows(epilogue, y, pitch, rows, columns);
}

/** What is left where the rest was done in registers. */
// @ts-ignore: decorator
@inline
export function bendRows(
  epilogue: Epilogue, y: usize, pitch: usize, rows: i32, columns: i32,
): void {
  if (isSmooth(epilogue.activation)) activateRows(y, pitch, rows, columns, epilogue.activation);
}
