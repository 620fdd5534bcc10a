/** A linear layer over the last dimension of any number of rows. */
import * as tf from "@tensorflow/tfjs";
import { columnSums } from "./column_sums.ts";
import { isServed } from "./served.ts";

/**
 * x·weight + bias.
 *
 * @param x [..., in]
 * @param weight [in, out]
 * @param bias [out]
 * @returns [..., out]
 */
export function linear(x: tf.Tensor, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor {
  if (!isServed("Linear")) {
    const outShape = [...x.shape.slice(0, -1), weight.shape[1]];
    return tf.tidy(() => tf.reshape(tf.add(tf.matMul(asRows(x), weight), bias), outShape));
  }
  return tf.engine().runKernel("Linear", { x, weight, bias }) as tf.Tensor;
}

/** [rows, last dimension] */
function asRows(x: tf.Tensor): tf.Tensor2D {
  const columns = x.shape.at(-1)!;
  return tf.reshape(x, [x.size / columns, columns]) as tf.Tensor2D;
}

tf.registerGradient({
  kernelName: "Linear",
  inputsToSave: ["x", "weight"],
  gradFunc: (dy, [x, weight]) => {
    const gradient = dy as tf.Tensor;
    const bias = () => columnSums(gradient);
    // A backend may have its own; where it has none, its products of matrices serve.
    if (isServed("LinearInputGrad")) {
      const engine = tf.engine();
      return {
        x: () => engine.runKernel("LinearInputGrad", { dy: gradient, weight }) as tf.Tensor,
        weight: () => engine.runKernel("LinearWeightGrad", { x, dy: gradient }) as tf.Tensor,
        bias,
      };
    }
    return {
      x: () => tf.reshape(tf.matMul(asRows(gradient), weight as tf.Tensor2D, false, true), x.shape),
      weight: () => tf.matMul(asRows(x), asRows(gradient), true),
      bias,
    };
  },
});
