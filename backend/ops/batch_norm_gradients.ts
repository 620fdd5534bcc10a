/** The gradients of batch normalisation, of which one kernel computes all. */
import * as tf from "@tensorflow/tfjs";

/** What BatchNormTrainGrad and BatchNormInferenceGrad get, y being what the forward kernel returned. */
export interface BatchNormGradientInputs {
  dy: tf.TensorInfo;
  x: tf.TensorInfo;
  gamma: tf.TensorInfo;
  y: tf.TensorInfo;
}

/** Of each input of the forward kernel, as tfjs asks for them. */
export function batchNormGradients(
  kernel: "BatchNormTrainGrad" | "BatchNormInferenceGrad",
  dy: tf.Tensor | tf.Tensor[],
  [x, gamma, y]: tf.Tensor[],
  attrs: tf.NamedAttrMap,
): Record<string, () => tf.Tensor> {
  const inputs = { dy: dy as tf.Tensor, x, gamma, y };
  const outputs = tf.engine().runKernel(kernel, inputs, attrs) as tf.Tensor[];
  const [dx, dgamma, dbeta, dresidual] = outputs.map(handOut);
  const noGradient = () => tf.zerosLike(gamma); // running buffers are not differentiated
  const [mean, variance] = kernel === "BatchNormTrainGrad"
    ? ["runningMean", "runningVariance"]
    : ["mean", "variance"];
  return {
    x: dx,
    gamma: dgamma,
    beta: dbeta,
    [mean]: noGradient,
    [variance]: noGradient,
    ...(attrs.hasResidual && { residual: dresidual }),
  };
}

/**
 * Hands out the outputs of one gradient kernel to tfjs's per-input thunks. tfjs runs each thunk in
 * a tidy of its own, so a thunk returns a clone and lets go of the original at once: what is no
 * longer needed is freed during the backward pass, not after it.
 */
function handOut(output: tf.Tensor): () => tf.Tensor {
  return () => {
    const clone = output.clone();
    output.dispose();
    return clone;
  };
}
