/** The Gaussian error linear unit. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/** torch's `approximate="none"`, or `approximate="tanh"`. */
export type GeluForm = "erf" | "tanh";

/**
 * x·Φ(x) with the normal distribution's Φ(x) = (1 + erf(x/√2)) / 2: `nn.GELU()`. In the form by tanh,
 * which some checkpoints were trained with, Φ(x) ≈ (1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2.
 * Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415.
 */
export function gelu(x: tf.Tensor, form: GeluForm = "erf"): tf.Tensor {
  if (!isServed("Gelu")) {
    return tf.tidy(() => {
      const cubic = () => tf.add(x, tf.mul(tf.pow(x, 3), 0.044715));
      const inner = form === "erf"
        ? tf.erf(tf.mul(x, Math.SQRT1_2))
        : tf.tanh(tf.mul(cubic(), Math.sqrt(2 / Math.PI)));
      return tf.mul(tf.mul(x, 0.5), tf.add(inner, 1));
    });
  }
  return tf.engine().runKernel("Gelu", { x }, { form }) as tf.Tensor;
}

tf.registerGradient({
  kernelName: "Gelu",
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({
    x: () =>
      tf.engine().runKernel("GeluGrad", { dy: dy as tf.Tensor, x }, attrs as never) as tf.Tensor,
  }),
});
