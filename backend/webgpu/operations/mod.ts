/** Registers our kernels over tfjs's: what they do not cover goes to the stock WebGPU kernel. */
import * as tf from "@tensorflow/tfjs";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { batchNormInference, batchNormTrain, batchNormTrainGradient } from "./batch_norm.ts";
import {
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  type ConvAttributes,
  convInfo,
} from "./conv2d.ts";
import {
  depthwise,
  depthwiseFilterGradient,
  depthwiseInfo,
  depthwiseInputGradient,
} from "./depthwise.ts";
import { maxPoolGradient, type PoolAttributes, poolInfo } from "./max_pool.ts";
import { sgdMomentum } from "./sgd.ts";
import { softmaxCrossEntropy } from "./softmax_cross_entropy.ts";

// deno-lint-ignore no-explicit-any -- each kernel has its own inputs and attributes
type Operation = (backend: TfjsWebGpuBackend, inputs: any, attrs: any) => Result;
type Result = tf.TensorInfo | tf.TensorInfo[];

export function registerOperations(backendName: string): void {
  /** A kernel of our own name; there is no stock one. */
  const register = (kernelName: string, operation: Operation) =>
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        operation(backend as TfjsWebGpuBackend, inputs, attrs ?? {}),
    });

  /** A standard kernel: `operation` returns undefined where the stock one must serve. */
  const replace = (
    kernelName: string,
    operation: (...parameters: Parameters<Operation>) => Result | undefined,
  ) => {
    const stock = tf.getKernel(kernelName, backendName);
    if (stock) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: (call) => {
        const allFloat = Object.values(call.inputs).every((input) => input?.dtype === "float32");
        const result = allFloat
          ? operation(call.backend as TfjsWebGpuBackend, call.inputs, call.attrs ?? {})
          : undefined;
        if (result) return result;
        if (!stock) throw new Error(`tfjs-backend-webgpu has no ${kernelName} for this case`);
        return stock.kernelFunc(call);
      },
    });
  };

  replace("Conv2D", (backend, { x, filter }, attrs: ConvAttributes) => {
    const info = convInfo(x.shape, filter.shape, attrs);
    return info && conv2d(backend, x, filter, info);
  });
  replace("Conv2DBackpropInput", (backend, { dy, filter }, attrs) => {
    const info = convInfo(attrs.inputShape, filter.shape, attrs);
    return info && conv2dInputGradient(backend, dy, filter, info);
  });
  replace("Conv2DBackpropFilter", (backend, { x, dy }, attrs) => {
    const info = convInfo(x.shape, attrs.filterShape, attrs);
    return info && conv2dFilterGradient(backend, x, dy, info);
  });

  replace("DepthwiseConv2dNative", (backend, { x, filter }, attrs: ConvAttributes) => {
    const info = depthwiseInfo(x.shape, filter.shape, attrs);
    return info && depthwise(backend, x, filter, info);
  });
  replace("DepthwiseConv2dNativeBackpropInput", (backend, { dy, filter }, attrs) => {
    const info = depthwiseInfo(attrs.inputShape, filter.shape, attrs);
    return info && depthwiseInputGradient(backend, dy, filter, info);
  });
  replace("DepthwiseConv2dNativeBackpropFilter", (backend, { x, dy }, attrs) => {
    const info = depthwiseInfo(x.shape, attrs.filterShape, attrs);
    return info && depthwiseFilterGradient(backend, x, dy, info);
  });

  replace("MaxPoolGrad", (backend, { dy, input, output }, attrs: PoolAttributes) => {
    return maxPoolGradient(backend, dy, input, output, poolInfo(input.shape, attrs));
  });

  register("BatchNormTrain", batchNormTrain);
  register("BatchNormTrainGrad", batchNormTrainGradient);
  register("BatchNormInference", batchNormInference);
  register(
    "SoftmaxCrossEntropy",
    (backend, { logits, labels }) => softmaxCrossEntropy(backend, logits, labels),
  );
  register("SgdMomentum", (backend, { parameters, gradients, buffers }, attrs) => {
    sgdMomentum(backend, parameters, gradients, buffers, attrs);
    return [];
  });
}
