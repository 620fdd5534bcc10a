/** One factor for each channel: LayerScale. */
import * as tf from "@tensorflow/tfjs";
import { columnSums } from "./column_sums.ts";
import { isServed } from "./served.ts";

/**
 * x · factors, where the last dimension of x is the channels.
 * Touvron et al. 2021, "Going deeper with Image Transformers", https://arxiv.org/abs/2103.17239.
 */
export function layerScale(x: tf.Tensor, factors: tf.Tensor1D): tf.Tensor {
  if (!isServed("LayerScale")) return tf.mul(x, factors);
  return tf.engine().runKernel("LayerScale", { x, factors }) as tf.Tensor;
}

tf.registerGradient({
  kernelName: "LayerScale",
  inputsToSave: ["x", "factors"],
  gradFunc: (dy, [x, factors]) => ({
    x: () => layerScale(dy as tf.Tensor, factors as tf.Tensor1D),
    factors: () => columnSums(dy as tf.Tensor, x),
  }),
});
