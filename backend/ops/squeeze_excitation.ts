/** Squeeze-and-excitation, and its gradient. */
import * as tf from "@tensorflow/tfjs";
import { activate, type Activation, activationGradient } from "./activation.ts";
import { isServed } from "./served.ts";

/** The two 1×1 convolutions, with bias: [1, 1, channels, squeezed] and back. */
export interface SqueezeExcitationVariables {
  reduceWeight: tf.Tensor4D;
  reduceBias: tf.Tensor1D;
  expandWeight: tf.Tensor4D;
  expandBias: tf.Tensor1D;
}

export interface SqueezeExcitationOptions {
  /** Behind the first. */
  activation: Activation;
  /** Behind the second: what makes factors of it. */
  gate: Activation;
}

/** What the kernel ScaleChannels gets: x·scale + shift, one of each for each channel of each image. */
export interface ScaleChannelsInputs {
  x: tf.TensorInfo;
  /** [batch, channels] */
  scale: tf.TensorInfo;
  shift?: tf.TensorInfo;
  /** The tensor that the result is the gradient of, if it is one. */
  gradientOf?: tf.TensorInfo;
}

/**
 * What the kernel ChannelDots gets: Σ dy·x over the pixels of each image, [batch, channels]; without
 * dy, Σ x.
 */
export interface ChannelDotsInputs {
  x: tf.TensorInfo;
  dy?: tf.TensorInfo;
}

/**
 * x times a factor for each channel of each image, which two small layers make of the channels'
 * means. Matches torchvision.ops.SqueezeExcitation; Hu et al. 2017, https://arxiv.org/abs/1709.01507.
 *
 * @param x [batch, height, width, channels]
 */
export function squeezeExcitation(
  x: tf.Tensor4D,
  variables: SqueezeExcitationVariables,
  { activation, gate }: SqueezeExcitationOptions,
): tf.Tensor4D {
  const { reduceWeight, reduceBias, expandWeight, expandBias } = variables;
  if (!isServed("ScaleChannels")) {
    return tf.tidy(() => {
      const mean = tf.mean(x, [1, 2], true) as tf.Tensor4D;
      const squeezed = tf.add(tf.conv2d(mean, reduceWeight, 1, 0), reduceBias) as tf.Tensor4D;
      const expanded = tf.conv2d(activate(squeezed, activation), expandWeight, 1, 0);
      return tf.mul(x, activate(tf.add(expanded, expandBias) as tf.Tensor4D, gate));
    });
  }
  const pixels = x.shape[1] * x.shape[2];
  const operation = tf.customGrad((...args) => {
    const [x, w1, b1, w2, b2] = args as tf.Tensor[];
    const save = args[5] as tf.GradSaveFunc;
    const sums = tf.engine().runKernel("ChannelDots", { x }) as tf.Tensor2D;
    const mean = tf.div(sums, pixels) as tf.Tensor2D;
    const squeezed = tf.add(tf.matMul(mean, asMatrix(w1)), b1) as tf.Tensor2D;
    const hidden = activate(squeezed, activation);
    const expanded = tf.add(tf.matMul(hidden, asMatrix(w2)), b2) as tf.Tensor2D;
    const scale = activate(expanded, gate);
    save([x, w1, w2, mean, squeezed, hidden, expanded, scale]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, w1, w2, mean, squeezed, hidden, expanded, scale] = saved as tf.Tensor2D[];
      const ones = tf.ones([1, x.shape[0]]) as tf.Tensor2D;
      const dots = tf.engine().runKernel("ChannelDots", { x, dy }) as tf.Tensor2D;
      const dExpanded = activationGradient(dots, expanded, gate);
      const dHidden = tf.matMul(dExpanded, asMatrix(w2), false, true);
      const dSqueezed = activationGradient(dHidden, squeezed, activation);
      const dMean = tf.matMul(dSqueezed, asMatrix(w1), false, true);
      const shift = tf.div(dMean, pixels);
      return [
        tf.engine().runKernel("ScaleChannels", { x: dy, scale, shift, gradientOf: x }) as tf.Tensor,
        tf.reshape(tf.matMul(mean, dSqueezed, true), w1.shape),
        tf.reshape(tf.matMul(ones, dSqueezed), [-1]),
        tf.reshape(tf.matMul(hidden, dExpanded, true), w2.shape),
        tf.reshape(tf.matMul(ones, dExpanded), [-1]),
      ];
    };
    return { value: tf.engine().runKernel("ScaleChannels", { x, scale }) as tf.Tensor, gradFunc };
  });
  return operation(x, reduceWeight, reduceBias, expandWeight, expandBias) as tf.Tensor4D;
}

/** Of a 1×1 convolution. */
function asMatrix(weight: tf.Tensor): tf.Tensor2D {
  return tf.reshape(weight, weight.shape.slice(-2) as [number, number]);
}
