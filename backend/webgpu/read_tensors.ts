/** Values of many tensors, brought from the GPU together. */
import * as tf from "@tensorflow/tfjs";
import { watchForLoss, whileThere } from "./lost_device.ts";
import { Snapshot } from "./replay/snapshot.ts";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";

/**
 * One wait for all: each takes Deno 10 ms at least.
 *
 * @param tensors float32
 * @returns copies
 */
export async function readTensors(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const backend = tf.backend() as unknown as TfjsWebGpuBackend;
  watchForLoss(backend);
  const onGpu = new Map<tf.Tensor, GPUBuffer>();
  for (const tensor of tensors) {
    if (!backend.tensorMap.has(tensor.dataId)) continue;
    const { values, resource } = backend.tensorMap.get(tensor.dataId);
    if (values == null && resource) onGpu.set(tensor, resource);
  }
  const snapshot = new Snapshot(backend, [...onGpu.values()], true);
  try {
    const read = await whileThere(backend, () => snapshot.read());
    const bits = new Map([...onGpu.keys()].map((tensor, i) => [tensor, read[i]]));
    return await Promise.all(tensors.map(async (tensor) => {
      const words = bits.get(tensor);
      return words
        ? new Float32Array(words.buffer, words.byteOffset, tensor.size)
        : Float32Array.from(await tensor.data<"float32">());
    }));
  } finally {
    snapshot.dispose();
  }
}
