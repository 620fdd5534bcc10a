import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { floatBits, Kernel } from "../kernel.ts";
import { ACTIVATION_CODES } from "../tensor_data.ts";
import { extendDeferred } from "./deferred_convolution.ts";

const PER_CHUNK = 16384;

const UPPER_BOUNDS = { relu: Infinity, relu6: 6 };

/** min(max(x, 0), upper) */
export function clamp(
  backend: WasmBackend,
  x: tf.TensorInfo,
  activation: keyof typeof UPPER_BOUNDS,
): tf.TensorInfo {
  const extended = extendDeferred(backend, x, { activation: ACTIVATION_CODES[activation] });
  if (extended) return extended;
  const input = backend.dataOf(x).pointer;
  const output = backend.allocateTensor(x.shape);
  const { size } = output.data;
  backend.pool.run(Kernel.clamp, Math.ceil(size / PER_CHUNK), 0, [
    input,
    output.data.pointer,
    size,
    PER_CHUNK,
    floatBits(UPPER_BOUNDS[activation]),
  ]);
  return output.info;
}
