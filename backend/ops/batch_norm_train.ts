/** Train-mode batch normalisation with its activation and residual addition, and its gradient. */
import * as tf from "@tensorflow/tfjs";
import { activate, type Activation, composeActivation, isSmooth } from "./activation.ts";
import {
  BATCH_NORM_EPSILON,
  BATCH_NORM_MOMENTUM,
  type BatchNormOptions,
  type BatchNormVariables,
} from "./batch_norm.ts";
import { batchNormGradients } from "./batch_norm_gradients.ts";
import { isServed } from "./served.ts";

/** What the kernel BatchNormTrain gets; it moves the running buffers in place. */
export interface BatchNormTrainInputs {
  x: tf.TensorInfo;
  gamma: tf.TensorInfo;
  beta: tf.TensorInfo;
  runningMean: tf.TensorInfo;
  runningVariance: tf.TensorInfo;
  residual?: tf.TensorInfo;
}

export interface BatchNormTrainAttributes {
  activation: Activation;
  momentum: number;
  epsilon: number;
  hasResidual: boolean;
}

/**
 * Batch normalisation in training mode over [batch, height, width, channels], then residual and
 * activation. Normalises by the biased variance of the batch and moves the running buffers, in
 * place, by the unbiased one: clones of them change, too.
 *
 * Matches torch/nn/modules/batchnorm.py; Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167.
 * @throws {Error} when the batch has one value a channel: its unbiased variance does not exist.
 */
export function batchNormTrain(
  x: tf.Tensor4D,
  bn: BatchNormVariables,
  { activation = "linear", residual, momentum = BATCH_NORM_MOMENTUM, epsilon = BATCH_NORM_EPSILON }:
    BatchNormOptions = {},
): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const count = batch * height * width;
  if (count < 2) {
    throw new Error(
      `batch norm in training mode needs more than one value a channel, got x of shape [${x.shape}]: ` +
        "use a larger batch or larger photos",
    );
  }
  if (channels !== bn.weight.size) {
    throw new Error(`batch norm of ${bn.weight.size} channels got x of shape [${x.shape}]`);
  }
  // The gradient of one that bends needs what it activated, which nobody has kept behind a residual.
  if (residual && isSmooth(activation)) {
    return tf.tidy(() =>
      activate(batchNormTrain(x, bn, { residual, momentum, epsilon }), activation)
    );
  }
  if (!isServed("BatchNormTrain")) {
    return composeBatchNormTrain(x, bn, { activation, residual, momentum, epsilon }, count);
  }
  return tf.engine().runKernel(
    "BatchNormTrain",
    {
      x,
      gamma: bn.weight,
      beta: bn.bias,
      runningMean: bn.runningMean,
      runningVariance: bn.runningVariance,
      ...(residual && { residual }),
    },
    { activation, momentum, epsilon, hasResidual: residual !== undefined },
  ) as tf.Tensor4D;
}

function composeBatchNormTrain(
  x: tf.Tensor4D,
  bn: BatchNormVariables,
  { activation, residual, momentum, epsilon }: BatchNormOptions & {
    activation: Activation;
    momentum: number;
    epsilon: number;
  },
  count: number,
): tf.Tensor4D {
  return tf.tidy(() => {
    const moments = tf.moments(x, [0, 1, 2]);
    const mean = moments.mean as tf.Tensor1D, variance = moments.variance as tf.Tensor1D;
    const y = tf.batchNorm4d(x, mean, variance, bn.bias, bn.weight, epsilon);
    const unbiased = tf.mul(variance, count / (count - 1));
    moveTowards(bn.runningMean as tf.Variable, mean, momentum);
    moveTowards(bn.runningVariance as tf.Variable, unbiased, momentum);
    return composeActivation(residual ? tf.add(y, residual) as tf.Tensor4D : y, activation);
  });
}

function moveTowards(running: tf.Variable, batch: tf.Tensor, momentum: number): void {
  running.assign(tf.add(tf.mul(running, 1 - momentum), tf.mul(batch, momentum)));
}

tf.registerGradient({
  kernelName: "BatchNormTrain",
  inputsToSave: ["x", "gamma"],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => batchNormGradients("BatchNormTrainGrad", dy, saved, attrs),
});
