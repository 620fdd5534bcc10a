/** Batch normalisation in its folded form, with its activation and residual addition. */
import * as tf from "@tensorflow/tfjs";
import { activate, composeActivation, isSmooth } from "./activation.ts";
import {
  BATCH_NORM_EPSILON,
  type BatchNormOptions,
  type BatchNormVariables,
} from "./batch_norm.ts";
import { batchNormGradients } from "./batch_norm_gradients.ts";
import { isServed } from "./served.ts";

/** What BatchNormInference gets. */
export interface BatchNormInferenceInputs {
  x: tf.TensorInfo;
  gamma: tf.TensorInfo;
  beta: tf.TensorInfo;
  mean: tf.TensorInfo;
  variance: tf.TensorInfo;
  residual?: tf.TensorInfo;
}

/**
 * Batch normalisation in evaluation mode: by the running buffers, which stay as they are and have no
 * gradient; x, weight, bias and the residual have theirs.
 */
export function batchNormInference(
  x: tf.Tensor4D,
  bn: BatchNormVariables,
  { activation = "linear", residual, epsilon = BATCH_NORM_EPSILON }: BatchNormOptions = {},
): tf.Tensor4D {
  if (residual && isSmooth(activation)) {
    return tf.tidy(() => activate(batchNormInference(x, bn, { residual, epsilon }), activation));
  }
  if (!isServed("BatchNormInference")) {
    return tf.tidy(() => {
      const { runningMean, runningVariance, bias, weight } = bn;
      const y = tf.batchNorm4d(x, runningMean, runningVariance, bias, weight, epsilon);
      return composeActivation(residual ? tf.add(y, residual) as tf.Tensor4D : y, activation);
    });
  }
  return tf.engine().runKernel(
    "BatchNormInference",
    {
      x,
      gamma: bn.weight,
      beta: bn.bias,
      mean: bn.runningMean,
      variance: bn.runningVariance,
      ...(residual && { residual }),
    },
    { activation, epsilon, hasResidual: residual !== undefined },
  ) as tf.Tensor4D;
}

tf.registerGradient({
  kernelName: "BatchNormInference",
  inputsToSave: ["x", "gamma"],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => batchNormGradients("BatchNormInferenceGrad", dy, saved, attrs),
});
