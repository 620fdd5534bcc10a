/** Computes an architecture with tfjs, on whichever backend is active. */
import * as tf from "@tensorflow/tfjs";
import { batchNormInference, type BatchNormOptions, batchNormTrain } from "../backend/ops.ts";
import type { BatchNorm, Convolution, Layers } from "./layers.ts";

/** Parameters in tfjs layout under torch's names. */
export type Parameters = ReadonlyMap<string, tf.Variable>;

export interface TrainingMode {
  /** What a dropout multiplies by, 0 or 1 / (1 - rate); null drops nothing. */
  dropoutMask: ((shape: number[], rate: number) => tf.Tensor) | null;
}

/**
 * Layers over tfjs tensors. In training mode batch norm uses (and its running buffers learn from)
 * the batch, and dropout drops; without it the network is as `model.eval()` leaves it.
 */
export class TfLayers implements Layers<tf.Tensor> {
  constructor(
    private readonly parameters: Parameters,
    private readonly training?: TrainingMode,
  ) {}

  conv2d(name: string, x: tf.Tensor, { stride = 1, padding = 0 }: Convolution): tf.Tensor {
    const filter = this.#get<tf.Tensor4D>(`${name}.weight`);
    return tf.conv2d(x as tf.Tensor4D, filter, stride, padding);
  }

  depthwiseConv2d(
    name: string,
    x: tf.Tensor,
    { stride = 1, padding = 0 }: Omit<Convolution, "filters">,
  ): tf.Tensor {
    const filter = this.#get<tf.Tensor4D>(`${name}.weight`);
    return tf.depthwiseConv2d(x as tf.Tensor4D, filter, stride, padding);
  }

  batchNorm(name: string, x: tf.Tensor, options: BatchNorm<tf.Tensor> = {}): tf.Tensor {
    const batchNorm = this.training ? batchNormTrain : batchNormInference;
    return batchNorm(x as tf.Tensor4D, {
      weight: this.#get(`${name}.weight`),
      bias: this.#get(`${name}.bias`),
      runningMean: this.#get(`${name}.running_mean`),
      runningVariance: this.#get(`${name}.running_var`),
    }, options as BatchNormOptions);
  }

  maxPool(x: tf.Tensor, pool: { size: number; stride: number; padding: number }): tf.Tensor {
    return tf.maxPool(x as tf.Tensor4D, pool.size, pool.stride, pool.padding);
  }

  globalAveragePool(x: tf.Tensor): tf.Tensor {
    return tf.mean(x, [1, 2]);
  }

  dropout(x: tf.Tensor, rate: number): tf.Tensor {
    const mask = this.training?.dropoutMask?.(x.shape, rate);
    return mask ? tf.mul(x, mask) : x;
  }

  linear(name: string, x: tf.Tensor): tf.Tensor {
    const product = tf.matMul(x as tf.Tensor2D, this.#get<tf.Tensor2D>(`${name}.weight`));
    return tf.add(product, this.#get(`${name}.bias`));
  }

  scope(part: () => tf.Tensor): tf.Tensor {
    return tf.tidy(part);
  }

  #get<T extends tf.Tensor>(name: string): T {
    const variable = this.parameters.get(name);
    if (!variable) throw new Error(`the model has no parameter ${name}`);
    return variable as tf.Tensor as T;
  }
}
