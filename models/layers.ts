/**
 * The vocabulary in which an architecture is written. An architecture is one function over
 * `Layers<T>`; what T is decides what running it means: tfjs tensors compute (`tf_layers.ts`),
 * channel counts list the parameters (`parameter_specs.ts`). So the parameters can never disagree
 * with the computation, and a new reading (FLOPs, an exporter) needs no change to any architecture.
 */
import type { Activation } from "../backend/ops/activation.ts";

export type { Activation };

export interface Convolution {
  /** Output channels. */
  filters: number;
  /** Side of the square kernel. */
  kernel: number;
  stride?: number;
  /** Zeros added on every side, as in torch; or TensorFlow's "same". */
  padding?: number | "same";
}

/** What follows a batch norm, and its settings where they are not torch's defaults. */
export interface BatchNorm<T> {
  activation?: Activation;
  /** Added before the activation. */
  residual?: T;
  /** Share of the batch in the running buffers' next values; 0.1. */
  momentum?: number;
  /** Added to the variance; 1e-5. */
  epsilon?: number;
}

/** The two 1×1 convolutions of squeeze-and-excitation, and what follows each. */
export interface SqueezeExcitation {
  /** Name of the first, from all channels to `squeezed`. */
  reduce: string;
  /** Name of the second, back to all. */
  expand: string;
  squeezed: number;
  activation: Activation;
  /** What makes factors between 0 and 1. */
  gate: Activation;
}

export interface Layers<T> {
  /** `nn.Conv2d(bias=False)` named `name`. */
  conv2d(name: string, x: T, convolution: Convolution): T;
  /** `nn.Conv2d(groups=channels, bias=False)`: one filter a channel. */
  depthwiseConv2d(name: string, x: T, convolution: Omit<Convolution, "filters">): T;
  /** `nn.BatchNorm2d`, then `+ residual`, then the activation. */
  batchNorm(name: string, x: T, batchNorm?: BatchNorm<T>): T;
  /** Each value by itself. */
  activate(x: T, activation: Activation): T;
  /** `torchvision.ops.SqueezeExcitation`: x times a factor for each channel of each photo. */
  squeezeExcitation(x: T, layer: SqueezeExcitation): T;
  /**
   * `branch + x`. In training `torchvision.ops.StochasticDepth` leaves the branch of some photos out
   * and strengthens the others by as much.
   */
  shortcut(branch: T, x: T, stochasticDepth?: number): T;
  /** `nn.MaxPool2d`: padding never wins. */
  maxPool(x: T, pool: { size: number; stride: number; padding: number }): T;
  /** Mean over height and width: [batch, height, width, channels] to [batch, channels]. */
  globalAveragePool(x: T): T;
  /** `nn.Dropout`: nothing in evaluation. */
  dropout(x: T, rate: number): T;
  /** `nn.Linear` with bias. */
  linear(name: string, x: T, outFeatures: number): T;
  /** Runs a part of the network; its intermediate tensors are freed when it returns. */
  scope(part: () => T): T;
}
