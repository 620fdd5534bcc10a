/**
 * The few operations that tfjs lacks, or composes out of many: train-mode batch normalisation with
 * its activation and residual addition, its folded form for inference, softmax cross-entropy over
 * integer labels, and SGD with momentum over all parameters in place.
 *
 * Each is a tfjs kernel name. A backend that registers the kernel serves it; on every other backend
 * the operation is composed of stock tfjs operations. The compositions are also the oracle that the
 * kernels are tested against, so they are written for clarity, not speed.
 */
import * as tf from "@tensorflow/tfjs";

/** Activation fused behind a batch normalisation. */
export type Activation = "linear" | "relu" | "relu6";

/** Parameters and running buffers of one `nn.BatchNorm2d`, each of shape [channels]. */
export interface BatchNormVariables {
  weight: tf.Tensor1D;
  bias: tf.Tensor1D;
  runningMean: tf.Tensor1D;
  runningVariance: tf.Tensor1D;
}

/** What is fused behind the normalisation, y = activation(batchNorm(x) + residual), and its settings. */
export interface BatchNormOptions {
  activation?: Activation;
  /** Added before the activation; same shape as x. */
  residual?: tf.Tensor4D;
  /** Share of the batch in the running buffers' next values; 0.1, torch's default. */
  momentum?: number;
  /** Added to the variance; 1e-5, torch's default. */
  epsilon?: number;
}

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

/** What BatchNormTrainGrad gets, y being what BatchNormTrain returned. */
export interface BatchNormGradientInputs {
  dy: tf.TensorInfo;
  x: tf.TensorInfo;
  gamma: tf.TensorInfo;
  y: tf.TensorInfo;
}

/** What BatchNormInference gets. */
export interface BatchNormInferenceInputs {
  x: tf.TensorInfo;
  gamma: tf.TensorInfo;
  beta: tf.TensorInfo;
  mean: tf.TensorInfo;
  variance: tf.TensorInfo;
  residual?: tf.TensorInfo;
}

/** torch's `nn.BatchNorm2d` defaults. */
const MOMENTUM = 0.1;
export const BATCH_NORM_EPSILON = 1e-5;

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
  { activation = "linear", residual, momentum = MOMENTUM, epsilon = BATCH_NORM_EPSILON }:
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

/**
 * Batch normalisation in evaluation mode: by the running buffers, which stay as they are. Not
 * differentiable through a backend's own kernel; inference only.
 */
export function batchNormInference(
  x: tf.Tensor4D,
  bn: BatchNormVariables,
  { activation = "linear", residual, epsilon = BATCH_NORM_EPSILON }: BatchNormOptions = {},
): tf.Tensor4D {
  if (!isServed("BatchNormInference")) {
    return tf.tidy(() => {
      const { runningMean, runningVariance, bias, weight } = bn;
      const y = tf.batchNorm4d(x, runningMean, runningVariance, bias, weight, epsilon);
      return activate(residual ? tf.add(y, residual) as tf.Tensor4D : y, activation);
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
    { activation, epsilon },
  ) as tf.Tensor4D;
}

/**
 * Mean cross-entropy between softmax(logits) and integer labels, as `nn.CrossEntropyLoss()`.
 *
 * @param logits [batch, classes]
 * @param labels int32 [batch], each in [0, classes)
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  if (!isServed("SoftmaxCrossEntropy")) {
    return tf.tidy(() => {
      const target = tf.oneHot(labels, logits.shape[1]);
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), target), 1))) as tf.Scalar;
    });
  }
  const [loss] = tf.engine().runKernel("SoftmaxCrossEntropy", { logits, labels }) as tf.Tensor[];
  return loss as tf.Scalar;
}

/**
 * One step of SGD with momentum, in place, over parallel lists: buffer = momentum·buffer + gradient,
 * parameter -= lr·buffer. Matches torch/optim/sgd.py (no dampening, no weight decay, no Nesterov);
 * buffers start at zero, which gives torch's first step too.
 *
 * A backend's own kernel writes to the parameters' memory: a tensor that shares it, such as a clone
 * made before, changes with them. Copy what is to stay, for instance by `tf.mul(parameter, 1)`.
 *
 * @param lr a tensor, float32 [], where the step is repeated (`repeatStep`) with other rates
 */
export function sgdMomentum(
  parameters: tf.Variable[],
  gradients: tf.Tensor[],
  buffers: tf.Variable[],
  lr: number | tf.Tensor,
  momentum: number,
): void {
  if (isServed("SgdMomentum")) {
    tf.tidy(() => {
      const rate = typeof lr === "number" ? tf.scalar(lr) : lr;
      // tfjs's types know no lists of inputs; its engine takes them (Concat and Pack pass theirs so).
      const inputs = { parameters, gradients, buffers, lr: rate } as unknown as tf.NamedTensorMap;
      tf.engine().runKernel("SgdMomentum", inputs, { momentum });
    });
    return;
  }
  parameters.forEach((parameter, i) =>
    tf.tidy(() => {
      buffers[i].assign(tf.add(tf.mul(buffers[i], momentum), gradients[i]));
      parameter.assign(tf.sub(parameter, tf.mul(buffers[i], lr)));
    })
  );
}

function isServed(kernel: string): boolean {
  return tf.getKernel(kernel, tf.getBackend()) !== undefined;
}

function activate(x: tf.Tensor4D, activation: Activation): tf.Tensor4D {
  if (activation === "relu") return tf.relu(x);
  if (activation === "relu6") return tf.relu6(x);
  return x;
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
    return activate(residual ? tf.add(y, residual) as tf.Tensor4D : y, activation);
  });
}

function moveTowards(running: tf.Variable, batch: tf.Tensor, momentum: number): void {
  running.assign(tf.add(tf.mul(running, 1 - momentum), tf.mul(batch, momentum)));
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

tf.registerGradient({
  kernelName: "BatchNormTrain",
  inputsToSave: ["x", "gamma"],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [x, gamma, y] = saved;
    const outputs = tf.engine().runKernel(
      "BatchNormTrainGrad",
      { dy: dy as tf.Tensor, x, gamma, y },
      attrs,
    ) as tf.Tensor[];
    const [dx, dgamma, dbeta, dresidual] = outputs.map(handOut);
    const noGradient = () => tf.zerosLike(gamma); // running buffers are not differentiated
    return {
      x: dx,
      gamma: dgamma,
      beta: dbeta,
      runningMean: noGradient,
      runningVariance: noGradient,
      ...(attrs.hasResidual && { residual: dresidual }),
    };
  },
});

tf.registerGradient({
  kernelName: "SoftmaxCrossEntropy",
  inputsToSave: [],
  outputsToSave: [false, true],
  gradFunc: (dys, [dlogits]) => {
    const [dloss] = dys as tf.Tensor[];
    return { logits: () => tf.mul(dlogits, dloss) };
  },
});
