/** What an optimiser remembers of each parameter. */
import * as tf from "@tensorflow/tfjs";
import type { NamedTensor } from "../weights/parameter.ts";

/** @param from as `snapshotBuffers` gave them; zeros when left out */
export function createBuffers(
  parameters: readonly tf.Variable[],
  from?: readonly NamedTensor[],
): tf.Variable[] {
  return tf.tidy(() =>
    parameters.map((parameter, i) => {
      const start = from ? tf.tensor(from[i].data, from[i].shape) : tf.zerosLike(parameter);
      return tf.variable(start, false);
    })
  );
}

export function snapshotBuffers(buffers: readonly tf.Variable[]): Promise<NamedTensor[]> {
  return Promise.all(buffers.map(async (buffer) => ({
    shape: buffer.shape,
    data: Float32Array.from(await buffer.data<"float32">()),
  })));
}
