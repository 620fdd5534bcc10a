/** What an optimiser remembers of each parameter. */
import * as tf from "@tensorflow/tfjs";
import { readTensors } from "../backend/ops/read_tensors.ts";
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

export async function snapshotBuffers(buffers: readonly tf.Variable[]): Promise<NamedTensor[]> {
  const values = await readTensors(buffers);
  return buffers.map(({ shape }, i) => ({ shape, data: values[i] }));
}
