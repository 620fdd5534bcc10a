/** What batch normalisation in both modes takes. */
import type * as tf from "@tensorflow/tfjs";
import type { Activation } from "./activation.ts";

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

/** torch's `nn.BatchNorm2d` defaults. */
export const BATCH_NORM_MOMENTUM = 0.1;
export const BATCH_NORM_EPSILON = 1e-5;
