import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { floatBits, Kernel } from "../kernel.ts";

const PER_CHUNK = 16384;

/** min(max(x, 0), upper): relu with an infinite bound, relu6 with 6. */
export function clamp(backend: WasmBackend, x: tf.TensorInfo, upper: number): tf.TensorInfo {
  const input = backend.dataOf(x).pointer;
  const output = backend.allocateTensor(x.shape);
  const { size } = output.data;
  backend.pool.run(Kernel.clamp, Math.ceil(size / PER_CHUNK), 0, [
    input,
    output.data.pointer,
    size,
    PER_CHUNK,
    floatBits(upper),
  ]);
  return output.info;
}
