/** The length of many tensors together. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/** The Euclidean norm of all values of all tensors, as if they were one vector: float32 []. */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  if (isServed("GlobalNorm")) {
    const inputs = { tensors } as unknown as tf.NamedTensorMap;
    return tf.engine().runKernel("GlobalNorm", inputs) as tf.Tensor as tf.Scalar;
  }
  return tf.tidy(() => tf.sqrt(tf.addN(tensors.map((x) => tf.sum(tf.square(x)))))) as tf.Scalar;
}

/**
 * What gradients are multiplied by so that they are no longer than `maxNorm` together: at most 1.
 * Matches torch.nn.utils.clip_grad_norm_.
 */
export function clipScale(gradients: readonly tf.Tensor[], maxNorm: number): tf.Scalar {
  return tf.tidy(() => tf.minimum(tf.div(maxNorm, tf.add(globalNorm(gradients), 1e-6)), 1));
}
