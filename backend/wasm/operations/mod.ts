/** Registers our kernels over tfjs's: what they do not cover goes to the stock CPU kernel. */
import * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { stockKernel } from "../stock_kernels.ts";
import {
  batchNormInference,
  type BatchNormTensors,
  batchNormTrain,
  batchNormTrainGradient,
} from "./batch_norm.ts";
import { binary, BINARY_OPERATIONS } from "./binary.ts";
import { clamp } from "./clamp.ts";
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
import { addBiasAndActivate, isOurActivation } from "./fused.ts";
import { matMul, matMulTransposedA, type Matrix } from "./mat_mul.ts";
import { maxPool, maxPoolGradient, type PoolAttributes, poolInfo } from "./max_pool.ts";
import { sgdMomentum } from "./sgd.ts";
import { softmaxCrossEntropy } from "./softmax_cross_entropy.ts";
import { spatialMean } from "./spatial_mean.ts";

// deno-lint-ignore no-explicit-any -- each kernel has its own inputs and attributes
type Operation = (backend: WasmBackend, inputs: any, attrs: any) => Result;
type Result = tf.TensorInfo | tf.TensorInfo[];

export function registerOperations(backendName: string): void {
  /** A kernel of our own name; there is no stock one. */
  const register = (kernelName: string, operation: Operation) =>
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        operation(backend as WasmBackend, inputs, attrs ?? {}),
    });

  /** A standard kernel: `operation` returns undefined where the stock one must serve. */
  const replace = (
    kernelName: string,
    operation: (...parameters: Parameters<Operation>) => Result | undefined,
  ) => {
    const stock = stockKernel(kernelName);
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: (call) => {
        const given = Object.values(call.inputs).filter((input) => input != null);
        const allFloat = given.every((input) => input.dtype === "float32");
        const result = allFloat
          ? operation(call.backend as WasmBackend, call.inputs, call.attrs ?? {})
          : undefined;
        return result ?? stock(call);
      },
    });
  };

  replace("Conv2D", (backend, { x, filter }, attrs: ConvAttributes) => {
    const info = convInfo(x.shape, filter.shape, attrs);
    return info && conv2d(backend, backend.dataOf(x), backend.dataOf(filter), info);
  });
  replace("Conv2DBackpropInput", (backend, { dy, filter }, attrs) => {
    const info = convInfo(attrs.inputShape, filter.shape, attrs);
    return info && conv2dInputGradient(backend, backend.dataOf(dy), backend.dataOf(filter), info);
  });
  replace("Conv2DBackpropFilter", (backend, { x, dy }, attrs) => {
    const info = convInfo(x.shape, attrs.filterShape, attrs);
    return info && conv2dFilterGradient(backend, backend.dataOf(x), backend.dataOf(dy), info);
  });

  replace("DepthwiseConv2dNative", (backend, { x, filter }, attrs: ConvAttributes) => {
    const info = depthwiseInfo(x.shape, filter.shape, attrs);
    return info && depthwise(backend, backend.dataOf(x), backend.dataOf(filter), info);
  });
  replace("DepthwiseConv2dNativeBackpropInput", (backend, { dy, filter }, attrs) => {
    const info = depthwiseInfo(attrs.inputShape, filter.shape, attrs);
    return info &&
      depthwiseInputGradient(backend, backend.dataOf(dy), backend.dataOf(filter), info);
  });
  replace("DepthwiseConv2dNativeBackpropFilter", (backend, { x, dy }, attrs) => {
    const info = depthwiseInfo(x.shape, attrs.filterShape, attrs);
    return info && depthwiseFilterGradient(backend, backend.dataOf(x), backend.dataOf(dy), info);
  });

  replace("MaxPool", (backend, { x }, attrs: PoolAttributes) => {
    return maxPool(backend, backend.dataOf(x), poolInfo(x.shape, attrs));
  });
  replace("MaxPoolGrad", (backend, { dy, input, output }, attrs: PoolAttributes) => {
    const info = poolInfo(input.shape, attrs);
    const [gradient, x, y] = [dy, input, output].map((tensor) => backend.dataOf(tensor));
    return maxPoolGradient(backend, gradient, x, y, info);
  });

  replace("Mean", (backend, { x }, { axis, keepDims }) => {
    const axes = tf.util.parseAxisParam(axis, x.shape);
    if (keepDims || x.shape.length !== 4 || axes.join() !== "1,2") return undefined;
    return spatialMean(backend, backend.dataOf(x), x.shape);
  });

  replace("BatchMatMul", (backend, { a, b }, attrs) => multiplyMatrices(backend, a, b, attrs));

  // As above, with a bias and an activation behind.
  const fused = (inputs: { bias?: tf.TensorInfo; preluActivationWeights?: tf.TensorInfo }) =>
    inputs.preluActivationWeights === undefined && (inputs.bias?.shape.length ?? 1) <= 1;
  replace("FusedConv2D", (backend, inputs, attrs) => {
    const { x, filter, bias } = inputs;
    const info = convInfo(x.shape, filter.shape, attrs);
    if (!info || !fused(inputs) || !isOurActivation(attrs.activation)) return undefined;
    const product = conv2d(backend, backend.dataOf(x), backend.dataOf(filter), info);
    return addBiasAndActivate(backend, product, bias, attrs.activation);
  });
  replace("FusedDepthwiseConv2D", (backend, inputs, attrs) => {
    const { x, filter, bias } = inputs;
    const info = depthwiseInfo(x.shape, filter.shape, attrs);
    if (!info || !fused(inputs) || !isOurActivation(attrs.activation)) return undefined;
    const product = depthwise(backend, backend.dataOf(x), backend.dataOf(filter), info);
    return addBiasAndActivate(backend, product, bias, attrs.activation);
  });
  replace("_FusedMatMul", (backend, inputs, attrs) => {
    const { a, b, bias } = inputs;
    if (!fused(inputs) || !isOurActivation(attrs.activation)) return undefined;
    const product = multiplyMatrices(backend, a, b, attrs);
    return product && addBiasAndActivate(backend, product, bias, attrs.activation);
  });

  for (const [name, operation] of Object.entries(BINARY_OPERATIONS)) {
    replace(name, (backend, { a, b }) => binary(backend, operation, a, b));
  }
  replace("Relu", (backend, { x }) => clamp(backend, x, Infinity));
  replace("Relu6", (backend, { x }) => clamp(backend, x, 6));

  register("BatchNormTrain", (backend, inputs, attrs) => batchNormTrain(backend, inputs, attrs));
  register(
    "BatchNormTrainGrad",
    (backend, inputs, { hasResidual }) => batchNormTrainGradient(backend, inputs, hasResidual),
  );
  register("BatchNormInference", (backend, inputs: BatchNormTensors & Moments, attrs) => {
    return batchNormInference(backend, inputs, attrs);
  });
  register(
    "SoftmaxCrossEntropy",
    (backend, { logits, labels }) => softmaxCrossEntropy(backend, logits, labels),
  );
  register("SgdMomentum", (backend, { parameters, gradients, buffers }, attrs) => {
    sgdMomentum(backend, parameters, gradients, buffers, attrs);
    return [];
  });
}

interface Moments {
  mean: tf.TensorInfo;
  variance: tf.TensorInfo;
}

/** Undefined for batches of matrices, and where both are transposed. */
function multiplyMatrices(
  backend: WasmBackend,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
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
  return { data: backend.dataOf(tensor), rows, columns };
}
