/** Computes an architecture with tfjs, on whichever backend is active. */
import * as tf from "@tensorflow/tfjs";
import { activate } from "../backend/ops/activation.ts";
import type { BatchNormOptions, BatchNormVariables } from "../backend/ops/batch_norm.ts";
import { batchNormInference } from "../backend/ops/batch_norm_inference.ts";
import { batchNormTrain } from "../backend/ops/batch_norm_train.ts";
import {
  squeezeExcitation,
  type SqueezeExcitationVariables,
} from "../backend/ops/squeeze_excitation.ts";
import type { Activation, BatchNorm, Convolution, Layers, SqueezeExcitation } from "./layers.ts";

/** Parameters in tfjs layout under torch's names. */
export type Parameters = ReadonlyMap<string, tf.Variable>;

/** A layer's parameters under their last names: "weight", "running_var". */
type LayerParameters = Record<string, tf.Variable>;

/** The parameters of each layer, which is found faster than each parameter by its whole name. */
export function byLayer(parameters: Parameters): Map<string, LayerParameters> {
  const layers = new Map<string, LayerParameters>();
  for (const [name, variable] of parameters) {
    const dot = name.lastIndexOf("."), layer = name.slice(0, dot);
    layers.set(layer, { ...layers.get(layer), [name.slice(dot + 1)]: variable });
  }
  return layers;
}

export interface TrainingMode {
  /**
   * What a dropout multiplies by, 0 or 1 / (1 - rate); null drops nothing. Of stochastic depth, one
   * number a photo.
   */
  dropoutMask: ((shape: number[], rate: number) => tf.Tensor) | null;
  /** Whether batch norm goes by the batch, or by its running statistics, which stay as they are. */
  batchNorm?: "batch" | "running";
}

/**
 * Layers over tfjs tensors. In training mode batch norm uses (and its running buffers learn from)
 * the batch, unless it is told otherwise, and dropout drops; without it the network is as `model.eval()` leaves it.
 */
export class TfLayers implements Layers<tf.Tensor> {
  constructor(
    private readonly layers: ReadonlyMap<string, LayerParameters>,
    private readonly training?: TrainingMode,
  ) {}

  conv2d(name: string, x: tf.Tensor, { stride = 1, padding = 0 }: Convolution): tf.Tensor {
    const filter = this.#get(name).weight as tf.Tensor as tf.Tensor4D;
    return tf.conv2d(x as tf.Tensor4D, filter, stride, padding);
  }

  depthwiseConv2d(
    name: string,
    x: tf.Tensor,
    { stride = 1, padding = 0 }: Omit<Convolution, "filters">,
  ): tf.Tensor {
    const filter = this.#get(name).weight as tf.Tensor as tf.Tensor4D;
    return tf.depthwiseConv2d(x as tf.Tensor4D, filter, stride, padding);
  }

  batchNorm(name: string, x: tf.Tensor, options: BatchNorm<tf.Tensor> = {}): tf.Tensor {
    const byBatch = this.training !== undefined && this.training.batchNorm !== "running";
    const batchNorm = byBatch ? batchNormTrain : batchNormInference;
    const { weight, bias, running_mean, running_var } = this.#get(name);
    const variables = { weight, bias, runningMean: running_mean, runningVariance: running_var };
    return batchNorm(
      x as tf.Tensor4D,
      variables as BatchNormVariables,
      options as BatchNormOptions,
    );
  }

  activate(x: tf.Tensor, activation: Activation): tf.Tensor {
    return activate(x, activation);
  }

  squeezeExcitation(
    x: tf.Tensor,
    { reduce, expand, activation, gate }: SqueezeExcitation,
  ): tf.Tensor {
    const first = this.#get(reduce), second = this.#get(expand);
    const variables = {
      reduceWeight: first.weight,
      reduceBias: first.bias,
      expandWeight: second.weight,
      expandBias: second.bias,
    };
    return squeezeExcitation(
      x as tf.Tensor4D,
      variables as unknown as SqueezeExcitationVariables,
      { activation, gate },
    );
  }

  shortcut(branch: tf.Tensor, x: tf.Tensor, stochasticDepth = 0): tf.Tensor {
    const mask = stochasticDepth > 0
      ? this.training?.dropoutMask?.([x.shape[0], 1, 1, 1], stochasticDepth)
      : undefined;
    return tf.add(mask ? tf.mul(branch, mask) : branch, x);
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
    const { weight, bias } = this.#get(name);
    return tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor as tf.Tensor2D), bias);
  }

  scope(part: () => tf.Tensor): tf.Tensor {
    return tf.tidy(part);
  }

  #get(name: string): LayerParameters {
    const parameters = this.layers.get(name);
    if (!parameters) throw new Error(`the model has no parameters of ${name}`);
    return parameters;
  }
}
