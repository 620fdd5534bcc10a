/** How a convolution's or a pool's window moves over a photo, by tfjs's own rules. */
import * as tf from "@tensorflow/tfjs";

export type ConvInfo = tf.backend_util.Conv2DInfo;

type Shape4D = [number, number, number, number];
type Padding = "valid" | "same" | number | tf.backend_util.ExplicitPadding;
type Rounding = "floor" | "round" | "ceil";

/** What tfjs hands to its convolution kernels. */
export interface ConvAttributes {
  strides: [number, number] | number;
  pad: Padding;
  /** tf.layers passes null where it has nothing to say. */
  dataFormat?: "NHWC" | "NCHW" | null;
  dilations?: [number, number] | number | null;
  dimRoundingMode?: Rounding;
}

/** What tfjs hands to its pooling kernels. */
export interface PoolAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: Padding;
  dimRoundingMode?: Rounding;
}

/** Undefined for channels first and for grouped convolutions, which stock kernels serve. */
export function convInfo(
  input: number[],
  filter: number[],
  attributes: ConvAttributes,
): ConvInfo | undefined {
  const info = windowOf(input, filter, attributes, false);
  return info?.inChannels === filter[2] ? info : undefined;
}

/** Undefined for channels first and for several filters a channel, which stock kernels serve. */
export function depthwiseInfo(
  input: number[],
  filter: number[],
  attributes: ConvAttributes,
): ConvInfo | undefined {
  const info = windowOf(input, filter, attributes, true);
  return info?.inChannels === filter[2] && filter[3] === 1 ? info : undefined;
}

/** Of `ops/grouped_conv2d.ts`, which refuses filters that do not fit. */
export function groupedInfo(
  input: number[],
  filter: number[],
  { strides, pad }: Pick<ConvAttributes, "strides" | "pad">,
): ConvInfo {
  return windowOf(input, filter, { strides, pad }, false)!;
}

/** How large photos and outputs are, and how far the first window lies outside, in kernels' words. */
export function sizesOf({ padInfo, ...info }: ConvInfo): {
  height: number;
  width: number;
  channels: number;
  outHeight: number;
  outWidth: number;
  padTop: number;
  padLeft: number;
} {
  return {
    height: info.inHeight,
    width: info.inWidth,
    channels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    padTop: padInfo.top,
    padLeft: padInfo.left,
  };
}

/** How many groups of channels it has, by its filter. */
export function groupsOf({ inChannels, filterShape }: ConvInfo): number {
  return inChannels / filterShape[2];
}

export function poolInfo(
  input: number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): ConvInfo {
  return tf.backend_util.computePool2DInfo(
    input as Shape4D,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

function windowOf(
  input: number[],
  filter: number[],
  { strides, pad, dataFormat, dilations, dimRoundingMode }: ConvAttributes,
  depthwise: boolean,
): ConvInfo | undefined {
  if ((dataFormat ?? "NHWC") !== "NHWC") return undefined;
  return tf.backend_util.computeConv2DInfo(
    input as Shape4D,
    filter as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}
