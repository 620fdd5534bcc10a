/** What torchvision's models have in common. */
import type { Pretrained } from "../weights/pretrained.ts";
import type { Preprocessing } from "./architecture.ts";
import type { Activation, BatchNorm, Layers } from "./layers.ts";

/** torchvision's preprocessing for its ImageNet weights. */
export const IMAGENET_PREPROCESSING: Preprocessing = {
  resize: 256,
  size: 224,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/**
 * A file of torchvision's at its official address. torchvision publishes no licence for its weights
 * apart from that of its code.
 *
 * @param sha256 all digits, or those in the file's name, which are the first
 */
export function torchvisionFile(
  file: string,
  sha256: string,
): Pick<Pretrained, "file" | "sha256" | "url" | "licence"> {
  const url = `https://download.pytorch.org/models/${file}`;
  return { file, sha256, url, licence: "BSD-3-Clause (torchvision)" };
}

/** A size as torchvision tells it of its files (`_file_size`), to a thousandth, in bytes. */
export const mebibytes = (size: number): number => Math.round(size * 2 ** 20);

interface ConvNorm<T> {
  /** Output channels; or one filter a channel. */
  filters: number | "depthwise";
  kernel: number;
  stride?: number;
  groups?: number;
  activation?: Activation;
  norm?: BatchNorm<T>;
}

/**
 * `torchvision.ops.Conv2dNormActivation`: a convolution padded so that stride 1 keeps the side, named
 * `name.0`, and its batch norm, `name.1`.
 */
export function convNorm<T>(
  layers: Layers<T>,
  name: string,
  x: T,
  { filters, kernel, stride, groups, activation, norm }: ConvNorm<T>,
): T {
  const window = { kernel, stride, padding: (kernel - 1) / 2 };
  const h = filters === "depthwise"
    ? layers.depthwiseConv2d(`${name}.0`, x, window)
    : layers.conv2d(`${name}.0`, x, { ...window, filters, groups });
  return layers.batchNorm(`${name}.1`, h, { activation, ...norm });
}

/** `_make_divisible(channels, 8)`: the nearest multiple of eight that is no less than nine tenths. */
export function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}
