/** One value added to each channel. */
import * as tf from "@tensorflow/tfjs";
import { columnSums } from "./column_sums.ts";
import { isServed } from "./served.ts";

/**
 * x + bias, where the last dimension of x is the channels. Apart from `tf.add` only in its gradient by
 * the bias: a sum over all else, which tfjs's broadcasting takes for a rare one.
 */
export function addBias(x: tf.Tensor, bias: tf.Tensor1D): tf.Tensor {
  if (!isServed("AddBias")) return tf.add(x, bias);
  return tf.engine().runKernel("AddBias", { x, bias }) as tf.Tensor;
}

tf.registerGradient({
  kernelName: "AddBias",
  gradFunc: (dy) => ({
    x: () => (dy as tf.Tensor).clone(),
    bias: () => columnSums(dy as tf.Tensor),
  }),
});
