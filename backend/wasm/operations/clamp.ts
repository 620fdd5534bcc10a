import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { type ActivationCode, Kernel } from "../generated_abi.ts";
import { upperBound } from "../tensor_data.ts";
import { extendDeferred } from "./deferred_convolution.ts";

const PER_CHUNK = 16384;

/** relu or relu6: min(max(x, 0), upper). */
export function clamp(
  backend: WasmBackend,
  x: tf.TensorInfo,
  activation: typeof ActivationCode.relu | typeof ActivationCode.relu6,
): tf.TensorInfo {
  const extended = extendDeferred(backend, x, { activation });
  if (extended) return extended;
  const input = backend.dataOf(x).pointer;
  const output = backend.allocateTensor(x.shape);
  const { size } = output.data;
  backend.pool.run(Kernel.clamp, Math.ceil(size / PER_CHUNK), 0, {
    x: input,
    out: output.data.pointer,
    count: size,
    countPerChunk: PER_CHUNK,
    upper: upperBound(activation),
  });
  return output.info;
}
