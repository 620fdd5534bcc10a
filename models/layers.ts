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
  /** Of input and output channels that see each other alone; 1. */
  groups?: number;
  /** Whether a learned value is added to each channel; false. */
  bias?: boolean;
}

/** As many groups and filters as channels. */
export type DepthwiseConvolution = Omit<Convolution, "filters" | "groups">;

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

/** How the original calls `torch.nn.functional.interpolate(mode="bicubic")`. */
export interface PositionResampling {
  /** Whether a smaller grid sees the mean of more than its nearest neighbours. */
  antialias: boolean;
  /**
   * Where the original gives scale factors rather than sizes: (side + offset) / learned side. DINOv2's
   * 0.1 (https://github.com/facebookresearch/dino/issues/8) moves every token a little.
   */
  offset?: number;
}

/** Learned positions of a square grid of tokens, and of the tokens ahead of it. */
export interface Positions {
  /** Tokens a side of the grid that they were learned on. */
  side: number;
  /** Tokens before the grid's, whose positions stay as they are. */
  ahead: number;
  /** How the original makes those of another grid; without it there is only this one. */
  resampling?: PositionResampling;
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

/** How attention is cut into windows; see `windowAttention`. */
export interface Windows {
  heads: number;
  /** Of a window, in tokens. */
  side: number;
  /** By how many tokens windows are moved down and to the right; 0 where the map is no larger than one. */
  shift: number;
}

/** Where a linear layer is not `nn.Linear` as it comes. */
export interface Linear {
  /** What stands between its name and `weight`; a dot. `nn.MultiheadAttention` has an underscore. */
  joint?: "." | "_";
  /** Whether a learned value is added to each feature; true. */
  bias?: boolean;
}

export interface Layers<T> {
  /** `nn.Conv2d` named `name`. */
  conv2d(name: string, x: T, convolution: Convolution): T;
  /** `nn.Conv2d(groups=channels)`: one filter a channel. */
  depthwiseConv2d(name: string, x: T, convolution: DepthwiseConvolution): T;
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
  /** [batch, channels] to photos of one pixel, [batch, 1, 1, channels]. */
  asPixel(x: T): T;
  /** And back. */
  ofPixel(x: T): T;
  /** `nn.Dropout`: nothing in evaluation. */
  dropout(x: T, rate: number): T;
  /** `nn.Linear`, of the last dimension. */
  linear(name: string, x: T, outFeatures: number, linear?: Linear): T;
  /** `nn.LayerNorm` over the last dimension. */
  layerNorm(name: string, x: T, epsilon: number): T;
  /** `nn.GELU()`, by the error function. */
  gelu(x: T): T;
  /**
   * x times one learned factor a channel (LayerScale).
   * @param dimensions of the factors in a state dict: [channels], or [channels, 1, 1]
   */
  scale(name: string, x: T, dimensions?: 1 | 3): T;
  /** [batch, height, width, channels] to [batch, tokens, channels], row by row. */
  tokens(x: T): T;
  /** Puts `count` learned tokens, the same for every photo, before token number `at`. */
  insertTokens(name: string, x: T, count: number, at: number): T;
  /** Adds what was learned of each token's place. */
  addPositions(name: string, x: T, positions: Positions): T;
  /**
   * softmax(QKᵀ / √depth)·V head by head, of the product of `nn.MultiheadAttention`'s in_proj or timm's
   * qkv: [batch, tokens, 3·channels] (queries, keys, values; each head by head) to [batch, tokens,
   * channels].
   */
  attention(qkv: T, heads: number): T;
  /**
   * The same within windows of [batch, height, width, 3·channels], whose sides they fill, with a learned
   * bias for each difference of two places, to [batch, height, width, channels]: the middle of
   * torchvision's `ShiftedWindowAttention` named `name`.
   */
  windowAttention(name: string, qkv: T, windows: Windows): T;
  /** Zeros to the right and below, where height and width are no multiples of `side`. */
  padTo(side: number, x: T): T;
  /** The left and upper part of x that is as high and wide as `like`. */
  cropTo(like: T, x: T): T;
  /**
   * `_patch_merging_pad` without its padding: the channels of two by two pixels, column by column, become
   * one's: [batch, height, width, channels] to [batch, height / 2, width / 2, 4·channels].
   */
  mergePixels(x: T): T;
  /** [batch, tokens, channels] to the first token's [batch, channels]. */
  firstToken(x: T): T;
  /**
   * x itself: the tokens by which explanations name places (`inference/feature_map.ts`).
   * @param ahead tokens before those of the grid
   */
  places(x: T, ahead: number): T;
  /** A parameter that a state dict has and inference does not use. */
  unused(name: string, shape: number[]): void;
  /** Runs a part of the network; its intermediate tensors are freed when it returns. */
  scope(part: () => T): T;
}
