/** Lists an architecture's parameters by running it over channel counts instead of tensors. */
import { relativePlaces } from "../backend/ops/relative_places.ts";
import type { ParameterSpec } from "../weights/parameter.ts";
import type { Architecture } from "./architecture.ts";
import type {
  Convolution,
  DepthwiseConvolution,
  Layers,
  Linear,
  Positions,
  SqueezeExcitation,
  Windows,
} from "./layers.ts";

/** Every parameter and buffer of `architecture` with a head of `classes`, in order of use. */
export function parameterSpecs(architecture: Architecture, classes: number): ParameterSpec[] {
  const layers = new SpecLayers();
  architecture.classifier(layers, architecture.features(layers, 3), classes);
  return layers.specs;
}

/**
 * How many values of each photo the architecture's dropouts decide on in a training step; stochastic
 * depth decides on one.
 */
export function dropoutSize(architecture: Architecture): number {
  const layers = new SpecLayers();
  architecture.classifier(layers, architecture.features(layers, 3), 2);
  return layers.dropoutSize;
}

/** T is the number of channels: all that a parameter's shape depends on. */
class SpecLayers implements Layers<number> {
  readonly specs: ParameterSpec[] = [];
  dropoutSize = 0;

  conv2d(
    name: string,
    channels: number,
    { filters, kernel, groups = 1, bias }: Convolution,
  ): number {
    this.#add(`${name}.weight`, "conv", [filters, channels / groups, kernel, kernel]);
    if (bias) this.#add(`${name}.bias`, "vector", [filters]);
    return filters;
  }

  depthwiseConv2d(
    name: string,
    channels: number,
    { kernel, bias }: DepthwiseConvolution,
  ): number {
    this.#add(`${name}.weight`, "depthwise", [channels, 1, kernel, kernel]);
    if (bias) this.#add(`${name}.bias`, "vector", [channels]);
    return channels;
  }

  batchNorm(name: string, channels: number): number {
    this.#add(`${name}.weight`, "vector", [channels]);
    this.#add(`${name}.bias`, "vector", [channels]);
    this.#add(`${name}.running_mean`, "vector", [channels], false);
    this.#add(`${name}.running_var`, "vector", [channels], false);
    return channels;
  }

  activate = (channels: number) => channels;

  squeezeExcitation(channels: number, { reduce, expand, squeezed }: SqueezeExcitation): number {
    this.#add(`${reduce}.weight`, "conv", [squeezed, channels, 1, 1]);
    this.#add(`${reduce}.bias`, "vector", [squeezed]);
    this.#add(`${expand}.weight`, "conv", [channels, squeezed, 1, 1]);
    this.#add(`${expand}.bias`, "vector", [channels]);
    return channels;
  }

  shortcut(channels: number, _: number, stochasticDepth = 0): number {
    if (stochasticDepth > 0) this.dropoutSize++;
    return channels;
  }

  maxPool = (channels: number) => channels;
  globalAveragePool = (channels: number) => channels;
  asPixel = (channels: number) => channels;
  ofPixel = (channels: number) => channels;

  dropout(features: number): number {
    this.dropoutSize += features;
    return features;
  }

  scope = (part: () => number) => part();

  linear(
    name: string,
    inFeatures: number,
    outFeatures: number,
    { joint = ".", bias = true }: Linear = {},
  ): number {
    this.#add(`${name}${joint}weight`, "linear", [outFeatures, inFeatures]);
    if (bias) this.#add(`${name}${joint}bias`, "vector", [outFeatures]);
    return outFeatures;
  }

  layerNorm(name: string, channels: number): number {
    this.#add(`${name}.weight`, "vector", [channels]);
    this.#add(`${name}.bias`, "vector", [channels]);
    return channels;
  }

  scale(name: string, channels: number, dimensions = 1): number {
    this.#add(name, "vector", [channels, ...Array(dimensions - 1).fill(1)]);
    return channels;
  }

  insertTokens(name: string, channels: number, count: number): number {
    this.#add(name, "vector", [1, count, channels]);
    return channels;
  }

  addPositions(name: string, channels: number, { side, ahead }: Positions): number {
    this.#add(name, "vector", [1, ahead + side * side, channels]);
    return channels;
  }

  windowAttention(name: string, channels: number, { heads, side }: Windows): number {
    this.#add(`${name}.relative_position_bias_table`, "vector", [(2 * side - 1) ** 2, heads]);
    this.specs.push({
      name: `${name}.relative_position_index`,
      kind: "vector",
      shape: [side ** 4],
      trainable: false,
      constant: relativePlaces(side),
    });
    return channels / 3;
  }

  unused(name: string, shape: number[]) {
    this.#add(name, "vector", shape, false);
  }

  gelu = (channels: number) => channels;
  tokens = (channels: number) => channels;
  attention = (channels: number) => channels / 3;
  padTo = (_side: number, channels: number) => channels;
  cropTo = (_like: number, channels: number) => channels;
  mergePixels = (channels: number) => 4 * channels;
  firstToken = (channels: number) => channels;
  places = (channels: number) => channels;

  #add(name: string, kind: ParameterSpec["kind"], shape: number[], trainable = true) {
    this.specs.push({ name, kind, shape, trainable });
  }
}
