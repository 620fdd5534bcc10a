/** All kernels, numbered in this order. */
import {
  finishGradientStatistics,
  finishStatistics,
  foldStatistics,
  gradientStatistics,
  materialize,
  statistics,
} from "./batch_norm_kernels.ts";
import { channelDots, scaleChannels, sumImageDots } from "./channel_scale_kernels.ts";
import {
  depthwise,
  depthwiseFilterGradient,
  depthwiseGradients,
  depthwiseInputGradient,
  expandedDepthwise,
} from "./depthwise_kernels.ts";
import {
  activate,
  activateGradient,
  adamw,
  binary,
  clamp,
  copy,
  moveAverages,
  sgd,
  sumSquares,
} from "./elementwise_kernels.ts";
import {
  groupedConv,
  groupedConvFilterGradient,
  groupedConvInputGradient,
} from "./grouped_kernels.ts";
import { integerRows, integerWeights } from "./integer_kernels.ts";
import { maxPool, maxPoolGradient, spatialMean } from "./pooling_kernels.ts";
import {
  conv2d,
  conv2dFilterGradient,
  fewRows,
  pack,
  pointwiseGradients,
  sumParts,
} from "./product_kernels.ts";
import {
  attention,
  attentionGradient,
  columnSums,
  gelu,
  geluGradient,
  layerNorm,
  layerNormGradient,
  sumRows,
  transposeRows,
  windowAttention,
  windowAttentionGradient,
} from "./transformer_kernels.ts";
import {
  winograd,
  winogradFilter,
  winogradFilterGradient,
  winogradOutput,
  winogradPosition,
  winogradProduct,
  winogradTransform,
  winogradTransposedFilter,
} from "./winograd_kernels.ts";
import type { KernelSpec } from "./field.ts";

export const KERNELS: Record<string, KernelSpec> = {
  pack,
  conv2d,
  conv2dFilterGradient,
  sumParts,
  depthwise,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  materialize,
  statistics,
  gradientStatistics,
  binary,
  clamp,
  maxPool,
  maxPoolGradient,
  spatialMean,
  sgd,
  adamw,
  sumSquares,
  moveAverages,
  winograd,
  winogradFilter,
  winogradTransposedFilter,
  winogradTransform,
  winogradPosition,
  winogradFilterGradient,
  pointwiseGradients,
  depthwiseGradients,
  winogradProduct,
  winogradOutput,
  finishStatistics,
  foldStatistics,
  finishGradientStatistics,
  expandedDepthwise,
  layerNorm,
  layerNormGradient,
  gelu,
  geluGradient,
  columnSums,
  attention,
  attentionGradient,
  activate,
  activateGradient,
  scaleChannels,
  channelDots,
  groupedConv,
  groupedConvInputGradient,
  groupedConvFilterGradient,
  windowAttention,
  windowAttentionGradient,
  transposeRows,
  copy,
  sumRows,
  fewRows,
  sumImageDots,
  integerRows,
  integerWeights,
};

/** A kernel without arguments that traps in every worker; for tests. */
export const TRAP = 99;
