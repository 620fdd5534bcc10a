/**
 * A program that ends with 0 only if the kernels compute what plain arithmetic does: run in a
 * process with V8 flags before these are trusted.
 */
import * as tf from "@tensorflow/tfjs";
import { type Precision, PRECISIONS } from "../precision.ts";
import { registerWasmBackend, WASM_BACKEND } from "./register.ts";

const SIDE = 9, INTO = 24, OUT = 48, KERNEL = 3;
/** Of the largest value, by what products are computed in. */
const TOLERANCES: Record<Precision, number> = { float32: 1e-4, int16: 1e-2 };
/** V8 vectorises a kernel only once it has run for a while: what is checked must be what will run. */
const WARM_UP = 40;

if (import.meta.main) Deno.exit(await kernelsAreRight() ? 0 : 1);

/** Convolutions of 3×3 (by Winograd's algorithm where the backend has it), 1×1 and depthwise. */
export async function kernelsAreRight(): Promise<boolean> {
  registerWasmBackend({ threads: 1 });
  await tf.setBackend(WASM_BACKEND);
  return tf.tidy(() => {
    const x = values(SIDE * SIDE * INTO, 1);
    const image = tf.tensor4d(x, [1, SIDE, SIDE, INTO]);
    const full = values(KERNEL * KERNEL * INTO * OUT, 2);
    const point = values(INTO * OUT, 3);
    const depth = values(KERNEL * KERNEL * INTO, 4);
    const cases: [() => tf.Tensor, Float64Array][] = [
      [
        () => tf.conv2d(image, tf.tensor4d(full, [KERNEL, KERNEL, INTO, OUT]), 1, 1),
        naive(x, full, KERNEL, OUT, false),
      ],
      [
        () => tf.conv2d(image, tf.tensor4d(point, [1, 1, INTO, OUT]), 1, 0),
        naive(x, point, 1, OUT, false),
      ],
      [
        () => tf.depthwiseConv2d(image, tf.tensor4d(depth, [KERNEL, KERNEL, INTO, 1]), 1, 1),
        naive(x, depth, KERNEL, INTO, true),
      ],
    ];
    return PRECISIONS.every((precision) => {
      registerWasmBackend({ precision });
      return cases.every(([compute, plain]) => {
        for (let i = 0; i < WARM_UP; i++) {
          if (!isNear(compute().dataSync(), plain, TOLERANCES[precision])) return false;
        }
        return true;
      });
    });
  });
}

/** Anything of both signs without a pattern. */
function values(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(seed + i * 12.9898));
}

function isNear(ours: ArrayLike<number>, plain: Float64Array, tolerance: number): boolean {
  const largest = plain.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return plain.every((value, i) => Math.abs(ours[i] - value) <= tolerance * largest);
}

/** Stride 1, the padding that keeps the side. */
function naive(
  x: Float32Array,
  filter: Float32Array,
  kernel: number,
  out: number,
  depthwise: boolean,
): Float64Array {
  const pad = kernel >> 1;
  const y = new Float64Array(SIDE * SIDE * out);
  for (let position = 0; position < SIDE * SIDE; position++) {
    const row = Math.floor(position / SIDE), column = position % SIDE;
    for (let tap = 0; tap < kernel * kernel; tap++) {
      const i = row + Math.floor(tap / kernel) - pad, j = column + tap % kernel - pad;
      if (i < 0 || j < 0 || i >= SIDE || j >= SIDE) continue;
      for (let c = 0; c < INTO; c++) {
        const value = x[(i * SIDE + j) * INTO + c];
        if (depthwise) y[position * out + c] += value * filter[tap * INTO + c];
        else {
          for (let o = 0; o < out; o++) {
            y[position * out + o] += value * filter[(tap * INTO + c) * out + o];
          }
        }
      }
    }
  }
  return y;
}
