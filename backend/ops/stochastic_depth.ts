/** A branch that some photos go without, beside a shortcut. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/** What the kernel StochasticDepth gets: branch·factors + x, or without x the gradient of the branch. */
export interface StochasticDepthInputs {
  branch: tf.TensorInfo;
  factors: tf.TensorInfo;
  x?: tf.TensorInfo;
}

/**
 * branch · factors + x, as `torchvision.ops.StochasticDepth(mode="row")` beside a shortcut: a photo's
 * factor is 0, or 1 / (1 - rate). Huang et al. 2016, https://arxiv.org/abs/1603.09382.
 *
 * @param branch [batch, ...]
 * @param x the same shape
 * @param factors [batch, 1, ...], of as many dimensions; no gradient goes to them
 */
export function stochasticDepth(branch: tf.Tensor, x: tf.Tensor, factors: tf.Tensor): tf.Tensor {
  if (!isServed("StochasticDepth")) return tf.add(tf.mul(branch, factors), x);
  return tf.engine().runKernel("StochasticDepth", { branch, factors, x }) as tf.Tensor;
}

tf.registerGradient({
  kernelName: "StochasticDepth",
  inputsToSave: ["factors"],
  gradFunc: (dy, [factors]) => ({
    branch: () =>
      tf.engine().runKernel(
        "StochasticDepth",
        { branch: dy as tf.Tensor, factors },
      ) as tf.Tensor,
    x: () => (dy as tf.Tensor).clone(),
  }),
});
