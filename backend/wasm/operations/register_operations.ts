/** Registers our kernels over tfjs's: what they do not cover goes to the stock CPU kernel. */
import * as tf from "@tensorflow/tfjs";
import { CONV2D, DEPTHWISE, KernelRegistrar } from "../../kernel_registrar.ts";
import { convInfo, groupedInfo, type PoolAttributes, poolInfo } from "../../window.ts";
import type { WasmBackend } from "../backend.ts";
import { ActivationCode, BinaryOperation } from "../generated_abi.ts";
import { stockKernel } from "../stock_kernels.ts";
import { attention, attentionGradient } from "./attention.ts";
import { activate, activateGradient } from "./activation.ts";
import { adamW } from "./adam_w.ts";
import {
  batchNormInference,
  batchNormInferenceGradient,
  batchNormTrain,
  batchNormTrainGradient,
} from "./batch_norm.ts";
import { binary, BINARY_OPERATIONS } from "./binary.ts";
import { channelDots, scaleChannels } from "./channel_scale.ts";
import { clamp } from "./clamp.ts";
import { columnSums } from "./column_sums.ts";
import { conv2d, conv2dFilterGradient, conv2dInputGradient } from "./conv2d.ts";
import {
  depthwise,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  depthwiseWindow,
} from "./depthwise.ts";
import { addBiasAndActivate, isOurActivation } from "./fused.ts";
import { gelu, geluGradient } from "./gelu.ts";
import { globalNorm } from "./global_norm.ts";
import {
  groupedConv,
  groupedConvFilterGradient,
  groupedConvInputGradient,
} from "./grouped_conv2d.ts";
import { layerNorm, layerNormGradient } from "./layer_norm.ts";
import { linear } from "./linear.ts";
import { matMul, matMulTransposedA, type Matrix } from "./mat_mul.ts";
import { maxPool, maxPoolGradient } from "./max_pool.ts";
import { moveAverages } from "./move_averages.ts";
import { sgdMomentum } from "./sgd.ts";
import { softmaxCrossEntropy } from "./softmax_cross_entropy.ts";
import { split } from "./split.ts";
import { spatialMean } from "./spatial_mean.ts";
import { sum } from "./sum.ts";
import { transpose } from "./transpose.ts";
import { windowAttention, windowAttentionGradient } from "./window_attention.ts";

export function registerOperations(backendName: string): void {
  const kernels = new KernelRegistrar(
    backendName,
    stockKernel,
    (backend: WasmBackend, tensor) => backend.rowsOf(tensor),
    { covers: isOurActivation, finish: addBiasAndActivate },
  );

  kernels.replaceConvolution(CONV2D, {
    info: convInfo,
    forward: conv2d,
    inputGradient: conv2dInputGradient,
    filterGradient: conv2dFilterGradient,
  });
  kernels.replaceConvolution(DEPTHWISE, {
    info: depthwiseWindow,
    forward: depthwise,
    inputGradient: depthwiseInputGradient,
    filterGradient: depthwiseFilterGradient,
  });

  kernels.replace("MaxPool", (backend, { x }, attrs: PoolAttributes) => {
    return maxPool(backend, backend.dataOf(x), poolInfo(x.shape, attrs));
  });
  kernels.replace("MaxPoolGrad", (backend, { dy, input, output }, attrs: PoolAttributes) => {
    const info = poolInfo(input.shape, attrs);
    const [gradient, x, y] = [dy, input, output].map((tensor) => backend.dataOf(tensor));
    return maxPoolGradient(backend, gradient, x, y, info);
  });

  kernels.replace("Mean", (backend, { x }, { axis, keepDims }) => {
    const axes = tf.util.parseAxisParam(axis, x.shape);
    if (keepDims || x.shape.length !== 4 || axes.join() !== "1,2") return undefined;
    return spatialMean(backend, backend.rowsOf(x), x.shape);
  });

  kernels.replace("Sum", sum);

  kernels.replace("BatchMatMul", multiplyMatrices);
  kernels.replaceFused("_FusedMatMul", multiplyMatrices);

  for (const [name, operation] of Object.entries(BINARY_OPERATIONS)) {
    kernels.replace(name, (backend, { a, b }) => binary(backend, operation, a, b));
  }
  kernels.replace("Relu", (backend, { x }) => clamp(backend, x, ActivationCode.relu));
  kernels.replace("Relu6", (backend, { x }) => clamp(backend, x, ActivationCode.relu6));

  kernels.replace("FusedBatchNorm", (backend, inputs, { varianceEpsilon }) => {
    const { x, scale: gamma, offset: beta, mean, variance } = inputs;
    const vector = [x.shape.at(-1)];
    const isVector = (input?: tf.TensorInfo) => !input || tf.util.arraysEqual(input.shape, vector);
    if (![gamma, beta, mean, variance].every(isVector)) return undefined;
    const settings = { activation: "linear", epsilon: varianceEpsilon } as const;
    return batchNormInference(backend, { x, gamma, beta, mean, variance }, settings);
  });
  kernels.add("Activate", activate);
  kernels.add("ActivateGrad", activateGradient);
  kernels.add("ScaleChannels", scaleChannels);
  kernels.add("ChannelDots", channelDots);
  kernels.add("GroupedConv2D", (backend, { x, filter }, attrs) => {
    const info = groupedInfo(x.shape, filter.shape, attrs);
    return groupedConv(backend, backend.rowsOf(x), backend.dataOf(filter), info);
  });
  kernels.add("GroupedConv2DBackpropInput", (backend, { dy, filter }, attrs) => {
    const info = groupedInfo(attrs.inputShape, filter.shape, attrs);
    return groupedConvInputGradient(backend, backend.rowsOf(dy), backend.dataOf(filter), info);
  });
  kernels.add("GroupedConv2DBackpropFilter", (backend, { x, dy }, attrs) => {
    const info = groupedInfo(x.shape, attrs.filterShape, attrs);
    return groupedConvFilterGradient(backend, backend.rowsOf(x), backend.rowsOf(dy), info);
  });
  kernels.add("BatchNormTrain", batchNormTrain);
  kernels.add("BatchNormTrainGrad", batchNormTrainGradient);
  kernels.add("BatchNormInference", batchNormInference);
  kernels.add("BatchNormInferenceGrad", batchNormInferenceGradient);
  kernels.add(
    "SoftmaxCrossEntropy",
    (backend, { logits, labels }, { labelSmoothing }) =>
      softmaxCrossEntropy(backend, logits, labels, labelSmoothing),
  );
  kernels.replace("SplitV", split);
  kernels.replace("Transpose", transpose);
  kernels.add("Linear", linear);
  kernels.add("LayerNorm", layerNorm);
  kernels.add("LayerNormGrad", layerNormGradient);
  kernels.add("Gelu", gelu);
  kernels.add("GeluGrad", geluGradient);
  kernels.add("Attention", attention);
  kernels.add("AttentionGrad", attentionGradient);
  kernels.add("WindowAttention", windowAttention);
  kernels.add("WindowAttentionGrad", windowAttentionGradient);
  kernels.add("ColumnSums", columnSums);
  // A vector of channels always broadcasts in a way that ours covers.
  kernels.add("AddBias", (backend, { x, bias }) => binary(backend, BinaryOperation.add, x, bias)!);
  kernels.add(
    "LayerScale",
    (backend, { x, factors }) => binary(backend, BinaryOperation.multiply, x, factors)!,
  );
  kernels.add("SgdMomentum", (backend, { parameters, gradients, buffers, lr }, { momentum }) => {
    sgdMomentum(backend, parameters, gradients, buffers, lr, momentum);
    return [];
  });
  kernels.add("AdamW", (backend, inputs, settings) => {
    adamW(backend, inputs, settings);
    return [];
  });
  kernels.add("GlobalNorm", (backend, { tensors }) => globalNorm(backend, tensors));
  kernels.add("MoveAverages", (backend, { averages, values }, { decay }) => {
    moveAverages(backend, averages, values, decay);
    return [];
  });
}

/** Undefined for batches of matrices, and where both are transposed. */
function multiplyMatrices(
  backend: WasmBackend,
  { a, b }: { a: tf.TensorInfo; b: tf.TensorInfo },
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): tf.TensorInfo | undefined {
  const x = asMatrix(backend, a), y = asMatrix(backend, b);
  if (!x || !y || (transposeA && transposeB)) return undefined;
  const rows = transposeA ? x.columns : x.rows, columns = transposeB ? y.rows : y.columns;
  const rank = Math.max(a.shape.length, b.shape.length);
  const outShape = [...Array(rank - 2).fill(1), rows, columns];
  return transposeA
    ? matMulTransposedA(backend, x, y, outShape)
    : matMul(backend, x, y, transposeB, outShape);
}

/** A matrix, possibly in a batch of one. */
function asMatrix(backend: WasmBackend, tensor: tf.TensorInfo): Matrix | undefined {
  const [rows, columns] = tensor.shape.slice(-2);
  if (tensor.shape.length < 2 || rows * columns !== tf.util.sizeFromShape(tensor.shape)) {
    return undefined;
  }
  if (rows * columns === 0) return undefined;
  return { data: backend.rowsOf(tensor), rows, columns };
}
