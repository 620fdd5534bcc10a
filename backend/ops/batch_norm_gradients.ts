/** The gradients of batch normalisation, of which one kernel computes all. */
import * as tf from "@tensorflow/tfjs";
import { handOut } from "./hand_out.ts";

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
