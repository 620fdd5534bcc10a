/**
 * What follows a convolution, applied to its output while that is in cache:
 * activation(scale·y + shift + residual).
 */
import { floats, fma, upperBound, LINEAR } from "./simd";

/** backend/wasm/operations/epilogue.ts writes this record. */
@unmanaged
export class Epilogue {
  /** One value a channel, or 0: ones. */
  scale: usize;
  /** One value a channel, or 0: zeros. */
  shift: usize;
  /** Laid out as the output, or 0: none. */
  residual: usize;
  activation: i32;
}

// @ts-ignore: decorator
@inline
export function isWanted(epilogue: Epilogue): bool {
  return (epilogue.scale | epilogue.shift | epilogue.residual | <usize>epilogue.activation) != 0;
}

/**
 * In place on rows of the output, the first being its row `first`, and on `columns` of its channels
 * from n0 on. They lie at y, `pitch` bytes from row to row.
 */
export function finishRows(
  epilogue: Epilogue, y: usize, pitch: usize, first: i32, rows: i32,
  n0: i32, columns: i32, channels: i32,
): void {
  const residualPitch = floats(channels);
  const lowest = lowerBound(epilogue.activation), highest = upperBound(epilogue.activation);
  const lower = f32x4.splat(lowest), upper = f32x4.splat(highest);
  let c = 0;
  for (; c + 8 <= columns; c += 8) {
    const o = floats(n0 + c), scale = epilogue.scale + o, shift = epilogue.shift + o;
    let s0 = f32x4.splat(1), s1 = s0, t0 = f32x4.splat(0), t1 = t0;
    if (epilogue.scale) s0 = v128.load(scale), s1 = v128.load(scale, 16);
    if (epilogue.shift) t0 = v128.load(shift), t1 = v128.load(shift, 16);
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
    const scale: f32 = epilogue.scale ? load<f32>(epilogue.scale + o) : 1;
    const shift: f32 = epilogue.shift ? load<f32>(epilogue.shift + o) : 0;
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
}

// @ts-ignore: decorator
@inline
function lowerBound(activation: i32): f32 {
  return activation == LINEAR ? -<f32>Infinity : <f32>0;
}

/** NaN stays NaN, as pmax and pmin keep their first operand then. */
// @ts-ignore: decorator
@inline
function bound(x: v128, lower: v128, upper: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, lower), upper);
}
