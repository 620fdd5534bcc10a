import type * as tf from "@tensorflow/tfjs";
import type { Activation, ActivationGradientInputs } from "../../ops/activation.ts";
import type { WasmBackend } from "../backend.ts";
import { ActivationCode, Kernel } from "../generated_abi.ts";
import { elementChunks } from "../partition.ts";
import { extendDeferred } from "./deferred_convolution.ts";

/** An activation that bends; behind a convolution that waits, its kernel does it. */
export function activate(
  backend: WasmBackend,
  { x }: { x: tf.TensorInfo },
  { activation }: { activation: Activation },
): tf.TensorInfo {
  const code = ActivationCode[activation];
  const extended = extendDeferred(backend, x, { activation: code });
  if (extended) return extended;
  const input = backend.dataOf(x).pointer;
  const output = backend.allocateTensor(x.shape);
  const { chunks, perChunk } = chunksOf(output.data.size);
  backend.pool.run(Kernel.activate, chunks, 0, {
    activation: code,
    x: input,
    out: output.data.pointer,
    count: output.data.size,
    countPerChunk: perChunk,
  });
  return output.info;
}

export function activateGradient(
  backend: WasmBackend,
  { dy, x }: ActivationGradientInputs,
  { activation }: { activation: Activation },
): tf.TensorInfo {
  const gradient = backend.dataOf(dy).pointer, input = backend.dataOf(x).pointer;
  const output = backend.allocateTensor(x.shape);
  const { chunks, perChunk } = chunksOf(output.data.size);
  backend.pool.run(Kernel.activateGradient, chunks, 0, {
    activation: ActivationCode[activation],
    dy: gradient,
    x: input,
    dx: output.data.pointer,
    count: output.data.size,
    countPerChunk: perChunk,
  });
  return output.info;
}

/** In whole vectors of 8. */
function chunksOf(size: number) {
  const { chunks, perChunk } = elementChunks(Math.ceil(size / 8), 8);
  return { chunks, perChunk: 8 * perChunk };
}
