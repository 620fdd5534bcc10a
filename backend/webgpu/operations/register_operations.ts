/** Registers our kernels over tfjs's: what they do not cover goes to the stock WebGPU kernel. */
import * as tf from "@tensorflow/tfjs";
import { CONV2D, DEPTHWISE, KernelRegistrar } from "../../kernel_registrar.ts";
import { groupedInfo, type PoolAttributes, poolInfo } from "../../window.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { activate, activateGradient } from "./activation.ts";
import { add } from "./add.ts";
import { adamW } from "./adam_w.ts";
import {
  attention,
  attentionGradient,
  windowAttention,
  windowAttentionGradient,
} from "./attention.ts";
import {
  batchNormInference,
  batchNormInferenceGradient,
  batchNormTrain,
  batchNormTrainGradient,
} from "./batch_norm.ts";
import { channelDots, imageMean, scaleChannels } from "./channel_scale.ts";
import { withChannelVector } from "./channel_vector.ts";
import { columnSums } from "./column_sums.ts";
import { conv2d, conv2dInputGradient, isPlain, undilatedWindow } from "./conv2d.ts";
import { conv2dFilterGradient } from "./conv2d_filter_gradient.ts";
import {
  depthwise,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  smallWindow,
} from "./depthwise.ts";
import { addBiasAndActivate, isOurActivation } from "./fused.ts";
import { gelu } from "./gelu.ts";
import { globalNorm } from "./global_norm.ts";
import {
  groupedConv,
  groupedConvFilterGradient,
  groupedConvInputGradient,
} from "./grouped_conv2d.ts";
import { layerNorm, layerNormGradient } from "./layer_norm.ts";
import { linear, linearInputGradient, linearWeightGradient } from "./linear.ts";
import { maxPool, maxPoolGradient } from "./max_pool.ts";
import { moveAverages } from "./move_averages.ts";
import { normalizePhotos } from "./normalize_photos.ts";
import { sgdMomentum } from "./sgd.ts";
import { softmaxCrossEntropy } from "./softmax_cross_entropy.ts";
import { stochasticDepth } from "./stochastic_depth.ts";

export function registerOperations(backendName: string): void {
  const kernels = new KernelRegistrar(
    backendName,
    (kernelName) => tf.getKernel(kernelName, backendName)?.kernelFunc,
    (_: TfjsWebGpuBackend, tensor) => tensor,
    { covers: isOurActivation, finish: addBiasAndActivate },
  );

  kernels.replaceConvolution(CONV2D, {
    info: undilatedWindow,
    forward: conv2d,
    inputGradient: conv2dInputGradient,
    filterGradient: conv2dFilterGradient,
  });
  kernels.replaceConvolution(DEPTHWISE, {
    info: smallWindow,
    forward: depthwise,
    inputGradient: depthwiseInputGradient,
    filterGradient: depthwiseFilterGradient,
  });
  kernels.replace("MaxPool", (backend, { x }, attrs: PoolAttributes) => {
    const info = poolInfo(x.shape, attrs);
    return isPlain(info) ? maxPool(backend, x, info) : undefined;
  });
  kernels.replace("MaxPoolGrad", (backend, { dy, input, output }, attrs: PoolAttributes) => {
    return maxPoolGradient(backend, dy, input, output, poolInfo(input.shape, attrs));
  });
  kernels.replace("Add", add);
  kernels.replace("Mean", imageMean);

  kernels.add("Activate", activate);
  kernels.add("ActivateGrad", activateGradient);
  kernels.add("ScaleChannels", scaleChannels);
  kernels.add("ChannelDots", channelDots);
  kernels.add("GroupedConv2D", (backend, { x, filter }, attrs) => {
    return groupedConv(backend, x, filter, groupedInfo(x.shape, filter.shape, attrs));
  });
  kernels.add("GroupedConv2DBackpropInput", (backend, { dy, filter }, attrs) => {
    const info = groupedInfo(attrs.inputShape, filter.shape, attrs);
    return groupedConvInputGradient(backend, dy, filter, info);
  });
  kernels.add("GroupedConv2DBackpropFilter", (backend, { x, dy }, attrs) => {
    const info = groupedInfo(x.shape, attrs.filterShape, attrs);
    return groupedConvFilterGradient(backend, x, dy, info);
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
  kernels.add("Linear", linear);
  kernels.add("LinearInputGrad", linearInputGradient);
  kernels.add("LinearWeightGrad", linearWeightGradient);
  kernels.add("LayerNorm", layerNorm);
  kernels.add("LayerNormGrad", layerNormGradient);
  kernels.add("Gelu", gelu);
  kernels.add("GeluGrad", gelu);
  kernels.add("Attention", attention);
  kernels.add("AttentionGrad", attentionGradient);
  kernels.add("WindowAttention", windowAttention);
  kernels.add("WindowAttentionGrad", windowAttentionGradient);
  kernels.add("ColumnSums", columnSums);
  kernels.add("AddBias", (backend, { x, bias }) => withChannelVector(backend, x, "+", bias));
  kernels.add(
    "LayerScale",
    (backend, { x, factors }) => withChannelVector(backend, x, "*", factors),
  );
  kernels.add("StochasticDepth", stochasticDepth);
  kernels.add("NormalizePhotos", normalizePhotos);
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
