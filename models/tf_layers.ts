/** Computes an architecture with tfjs, on whichever backend is active. */
import * as tf from "@tensorflow/tfjs";
import { activate } from "../backend/ops/activation.ts";
import { addBias } from "../backend/ops/add_bias.ts";
import { attention } from "../backend/ops/attention.ts";
import type { BatchNormOptions, BatchNormVariables } from "../backend/ops/batch_norm.ts";
import { batchNormInference } from "../backend/ops/batch_norm_inference.ts";
import { batchNormTrain } from "../backend/ops/batch_norm_train.ts";
import { gelu } from "../backend/ops/gelu.ts";
import { groupedConv2d } from "../backend/ops/grouped_conv2d.ts";
import { layerNorm } from "../backend/ops/layer_norm.ts";
import { layerScale } from "../backend/ops/layer_scale.ts";
import { linear } from "../backend/ops/linear.ts";
import {
  squeezeExcitation,
  type SqueezeExcitationVariables,
} from "../backend/ops/squeeze_excitation.ts";
import { stochasticDepth } from "../backend/ops/stochastic_depth.ts";
import { windowAttention } from "../backend/ops/window_attention.ts";
import type {
  Activation,
  BatchNorm,
  Convolution,
  DepthwiseConvolution,
  Layers,
  Linear,
  Positions,
  SqueezeExcitation,
  Windows,
} from "./layers.ts";
import { positionWeights } from "./resample_positions.ts";

/** Parameters in tfjs layout under torch's names. */
export type Parameters = ReadonlyMap<string, tf.Variable>;

/** A layer's parameters under their last names: "weight", "running_var". */
type LayerParameters = Record<string, tf.Variable>;

/** The parameters of each layer, which is found faster than each parameter by its whole name. */
export function byLayer(parameters: Parameters): Map<string, LayerParameters> {
  const layers = new Map<string, LayerParameters>();
  for (const [name, variable] of parameters) {
    const [layer, last] = splitName(name);
    layers.set(layer, { ...layers.get(layer), [last]: variable });
  }
  return layers;
}

/** A parameter's layer, empty where it is the model's own, and its last name. */
function splitName(name: string): [layer: string, last: string] {
  const dot = name.lastIndexOf(".");
  return [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
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

  conv2d(
    name: string,
    x: tf.Tensor,
    { stride = 1, padding = 0, groups = 1, bias }: Convolution,
  ): tf.Tensor {
    const layer = this.#get(name);
    const filter = layer.weight as tf.Tensor as tf.Tensor4D, photos = x as tf.Tensor4D;
    const y = groups === 1
      ? tf.conv2d(photos, filter, stride, padding)
      : groupedConv2d(photos, filter, { strides: stride, pad: padding });
    return bias ? addBias(y, layer.bias as tf.Tensor as tf.Tensor1D) : y;
  }

  depthwiseConv2d(
    name: string,
    x: tf.Tensor,
    { stride = 1, padding = 0, bias }: DepthwiseConvolution,
  ): tf.Tensor {
    const layer = this.#get(name);
    const filter = layer.weight as tf.Tensor as tf.Tensor4D;
    const y = tf.depthwiseConv2d(x as tf.Tensor4D, filter, stride, padding);
    return bias ? addBias(y, layer.bias as tf.Tensor as tf.Tensor1D) : y;
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

  shortcut(branch: tf.Tensor, x: tf.Tensor, rate = 0): tf.Tensor {
    const mask = rate > 0
      ? this.training?.dropoutMask?.([x.shape[0], ...Array(x.rank - 1).fill(1)], rate)
      : undefined;
    return mask ? stochasticDepth(branch, x, mask) : tf.add(branch, x);
  }

  maxPool(x: tf.Tensor, pool: { size: number; stride: number; padding: number }): tf.Tensor {
    return tf.maxPool(x as tf.Tensor4D, pool.size, pool.stride, pool.padding);
  }

  globalAveragePool(x: tf.Tensor): tf.Tensor {
    return tf.mean(x, [1, 2]);
  }

  asPixel = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [x.shape[0], 1, 1, x.shape[1]!]);
  ofPixel = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [x.shape[0], x.shape[3]!]);

  dropout(x: tf.Tensor, rate: number): tf.Tensor {
    const mask = this.training?.dropoutMask?.(x.shape, rate);
    return mask ? tf.mul(x, mask) : x;
  }

  linear(
    name: string,
    x: tf.Tensor,
    outFeatures: number,
    { joint = ".", bias: hasBias = true }: Linear = {},
  ): tf.Tensor {
    const weight = this.#parameter(`${name}${joint}weight`) as tf.Tensor2D;
    if (!hasBias) return linear(x, weight, tf.zeros([outFeatures]));
    const bias = this.#parameter(`${name}${joint}bias`) as tf.Tensor1D;
    // Heads see few rows, which tfjs's own operations serve as ever.
    return x.rank === 2
      ? tf.add(tf.matMul(x as tf.Tensor2D, weight), bias)
      : linear(x, weight, bias);
  }

  layerNorm(name: string, x: tf.Tensor, epsilon: number): tf.Tensor {
    const { weight, bias } = this.#get(name);
    return layerNorm(x, weight as tf.Tensor1D, bias as tf.Tensor1D, epsilon);
  }

  gelu = (x: tf.Tensor): tf.Tensor => gelu(x);

  scale(name: string, x: tf.Tensor): tf.Tensor {
    const factors = this.#parameter(name);
    return layerScale(x, tf.reshape(factors, [factors.size]) as tf.Tensor1D);
  }

  tokens(x: tf.Tensor): tf.Tensor {
    const [batch, height, width, channels] = x.shape;
    return tf.reshape(x, [batch, height * width, channels]);
  }

  insertTokens(name: string, x: tf.Tensor, _count: number, at: number): tf.Tensor {
    const [batch] = x.shape;
    const learned = tf.tile(this.#parameter(name), [batch, 1, 1]);
    if (at === 0) return tf.concat([learned, x], 1);
    const [before, after] = tf.split(x, [at, x.shape[1]! - at], 1);
    return tf.concat([before, learned, after], 1);
  }

  addPositions(name: string, x: tf.Tensor, positions: Positions): tf.Tensor {
    const learned = this.#parameter(name);
    const { side, ahead, resampling } = positions;
    const now = Math.round(Math.sqrt(x.shape[1]! - ahead));
    if (now === side) return addToEach(x, learned);
    if (!resampling) throw new Error(`${name} has positions of ${side}×${side} tokens alone`);
    const [fixed, grid] = tf.split(learned, [ahead, side * side], 1);
    const weights = tf.tensor2d(positionWeights(side, now, resampling), [now * now, side * side]);
    const channels = x.shape[2]!;
    const moved = tf.matMul(weights, tf.reshape(grid, [side * side, channels]) as tf.Tensor2D);
    return addToEach(x, tf.concat([fixed, tf.reshape(moved, [1, now * now, channels])], 1));
  }

  attention = (qkv: tf.Tensor, heads: number): tf.Tensor => attention(qkv as tf.Tensor3D, heads);

  windowAttention(name: string, qkv: tf.Tensor, { side, shift }: Windows): tf.Tensor {
    const table = this.#parameter(`${name}.relative_position_bias_table`) as tf.Tensor2D;
    return windowAttention(qkv as tf.Tensor4D, table, { side, shift });
  }

  padTo(side: number, x: tf.Tensor): tf.Tensor {
    const [, height, width] = x.shape;
    const [below, right] = [height!, width!].map((size) => Math.ceil(size / side) * side - size);
    if (below === 0 && right === 0) return x;
    return tf.pad(x, [[0, 0], [0, below], [0, right], [0, 0]]);
  }

  cropTo(like: tf.Tensor, x: tf.Tensor): tf.Tensor {
    const [, height, width] = like.shape, [batch, , , channels] = x.shape;
    if (x.shape[1] === height && x.shape[2] === width) return x;
    return tf.slice(x, [0, 0, 0, 0], [batch, height!, width!, channels!]);
  }

  mergePixels(x: tf.Tensor): tf.Tensor {
    const [batch, height, width, channels] = x.shape as number[];
    const pairs = tf.reshape(x, [batch * height / 2, 2, width, channels]);
    const merged = [batch, height / 2, width / 2, 4 * channels];
    return tf.reshape(tf.transpose(pairs, [0, 2, 1, 3]), merged);
  }

  firstToken(x: tf.Tensor): tf.Tensor {
    const [batch, , channels] = x.shape;
    return tf.reshape(tf.slice(x, [0, 0, 0], [batch, 1, channels]), [batch, channels]);
  }

  places(x: tf.Tensor, _ahead: number): tf.Tensor {
    return x;
  }

  unused(): void {}

  scope(part: () => tf.Tensor): tf.Tensor {
    return tf.tidy(part);
  }

  #parameter(name: string): tf.Tensor {
    const [layer, last] = splitName(name);
    return this.#get(layer)[last];
  }

  #get(name: string): LayerParameters {
    const parameters = this.layers.get(name);
    if (!parameters) throw new Error(`the model has no parameters of ${name}`);
    return parameters;
  }
}

/** x + positions [1, tokens, channels], by the operation whose gradient is a sum over photos. */
function addToEach(x: tf.Tensor, positions: tf.Tensor): tf.Tensor {
  const { size } = positions;
  const sum = addBias(
    tf.reshape(x, [x.shape[0], size]),
    tf.reshape(positions, [size]) as tf.Tensor1D,
  );
  return tf.reshape(sum, x.shape);
}
