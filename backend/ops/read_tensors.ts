/** Values of many tensors at once. A backend may bring them together; others read one by one. */
import * as tf from "@tensorflow/tfjs";

type TensorReader = (tensors: readonly tf.Tensor[]) => Promise<Float32Array[]>;

const readers = new Map<string, TensorReader>();

/** For a backend that has a way of its own. */
export function registerTensorReader(backendName: string, reader: TensorReader): void {
  readers.set(backendName, reader);
}

/**
 * @param tensors float32
 * @returns copies of their values, which stay as they are when the tensors change
 */
export function readTensors(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const reader = readers.get(tf.getBackend()) ?? readEach;
  return reader(tensors);
}

const readEach: TensorReader = (tensors) =>
  Promise.all(tensors.map(async (tensor) => Float32Array.from(await tensor.data<"float32">())));
