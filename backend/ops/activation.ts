import * as tf from "@tensorflow/tfjs";

/** Activation fused behind a batch normalisation. */
export type Activation = "linear" | "relu" | "relu6";

/** By stock operations. */
export function activate(x: tf.Tensor4D, activation: Activation): tf.Tensor4D {
  if (activation === "relu") return tf.relu(x);
  if (activation === "relu6") return tf.relu6(x);
  return x;
}
