/** Layer normalisation over the last dimension, and its gradient. */
import * as tf from "@tensorflow/tfjs";
import { handOut } from "./hand_out.ts";
import { isServed } from "./served.ts";

/**
 * (x - mean) / √(variance + ε) · weight + bias, with mean and biased variance of each row of the last
 * dimension: `nn.LayerNorm(channels, eps)`. Ba et al. 2016, https://arxiv.org/abs/1607.06450.
 */
export function layerNorm(
  x: tf.Tensor,
  weight: tf.Tensor1D,
  bias: tf.Tensor1D,
  epsilon: number,
): tf.Tensor {
  if (!isServed("LayerNorm")) {
    return tf.tidy(() => {
      const { mean, variance } = tf.moments(x, -1, true);
      const normalized = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
      return tf.add(tf.mul(normalized, weight), bias);
    });
  }
  const [y] = tf.engine().runKernel("LayerNorm", { x, weight, bias }, { epsilon }) as tf.Tensor[];
  return y;
}

tf.registerGradient({
  kernelName: "LayerNorm",
  inputsToSave: ["x", "weight"],
  // Each row's mean and 1/√(variance + ε).
  outputsToSave: [false, true],
  gradFunc: (dys, [x, weight, statistics]) => {
    const [dy] = dys as tf.Tensor[];
    const outputs = tf.engine().runKernel(
      "LayerNormGrad",
      { dy, x, weight, statistics },
    ) as tf.Tensor[];
    const [dx, dweight, dbias] = outputs.map(handOut);
    return { x: dx, weight: dweight, bias: dbias };
  },
});
