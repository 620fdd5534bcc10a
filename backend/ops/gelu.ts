/** The Gaussian error linear unit. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/**
 * x·Φ(x) with the normal distribution's Φ(x) = (1 + erf(x/√2)) / 2: `nn.GELU()`, which is
 * `approximate="none"`. Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415.
 */
export function gelu(x: tf.Tensor): tf.Tensor {
  if (!isServed("Gelu")) {
    return tf.tidy(() => {
      const twice = tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1);
      return tf.mul(tf.mul(x, 0.5), twice);
    });
  }
  return tf.engine().runKernel("Gelu", { x }) as tf.Tensor;
}

tf.registerGradient({
  kernelName: "Gelu",
  inputsToSave: ["x"],
  gradFunc: (dy, [x]) => ({
    x: () => tf.engine().runKernel("GeluGrad", { dy: dy as tf.Tensor, x }) as tf.Tensor,
  }),
});
