/**
 * What follows a convolution in inference, which its kernel may take over: normalisation, bias,
 * residual, activation.
 */
import * as tf from "@tensorflow/tfjs";
import { activate, type Activation } from "../../../backend/ops/activation.ts";
import type { BatchNormVariables } from "../../../backend/ops/batch_norm.ts";
import { batchNormInference } from "../../../backend/ops/batch_norm_inference.ts";
import { noise } from "../compare.ts";
import type { Subject } from "./subject.ts";

type Shape4D = [number, number, number, number];

interface Case {
  input: Shape4D;
  /** 0: a depthwise convolution. */
  filters: number;
  size: number;
  stride?: number;
  pad?: number | "same";
}

const CASES: Record<string, Case> = {
  // Products of rows: tails of channels and rows, sums cut into parts, columns cut into chunks.
  ...products([1, 7, 9, 17], [1, 3, 5, 16, 17, 24, 960]),
  ...products([3, 5, 5, 8], [5, 16, 24]),
  "rows, long": { input: [1, 7, 7, 960], filters: 168, size: 1 },
  "rows, many": { input: [3, 33, 31, 16], filters: 24, size: 1 },
  "gathered, strided": { input: [3, 9, 7, 17], filters: 24, size: 1, stride: 2 },
  "gathered 3×3": { input: [1, 9, 8, 3], filters: 17, size: 3, pad: 1 },
  "gathered 3×3, strided": { input: [3, 13, 12, 16], filters: 40, size: 3, stride: 2, pad: 1 },
  "gathered 3×3, one": { input: [1, 7, 7, 5], filters: 1, size: 3, pad: "same" },
  "gathered 7×7": { input: [1, 33, 31, 3], filters: 64, size: 7, stride: 2, pad: 3 },
  ...Object.fromEntries([1, 3, 5, 16, 17, 24, 960].map((channels): [string, Case] => [
    `depthwise, ${channels}`,
    { input: [1, 9, 7, channels], filters: 0, size: 3, pad: 1 },
  ])),
  "depthwise, strided": { input: [3, 15, 14, 24], filters: 0, size: 3, stride: 2, pad: 1 },
  "depthwise, bands": { input: [3, 61, 90, 24], filters: 0, size: 3, pad: 1 },
  "depthwise 5×5": { input: [1, 11, 10, 20], filters: 0, size: 5, stride: 2, pad: "same" },
  "Winograd, by rows": { input: [3, 13, 15, 24], filters: 40, size: 3, pad: 1 },
  "Winograd, by rows and columns": { input: [1, 22, 21, 16], filters: 136, size: 3, pad: 1 },
  "Winograd, by position": { input: [2, 13, 9, 80], filters: 72, size: 3, pad: 1 },
};

/** What follows z, a convolution with so many channels. */
const FOLLOWING: Record<string, (z: tf.Tensor4D) => tf.Tensor> = {
  ...batchNorms(["linear", "relu", "relu6", "hardSwish", "silu"], [false, true]),
  "tfjs's batch norm, addition and relu": (z) => {
    const { weight, bias, runningMean, runningVariance } = variables(z.shape[3]);
    const y = tf.batchNorm(z, runningMean, runningVariance, bias, weight, 1e-3);
    return tf.relu(tf.add(residual(z), y));
  },
  "tfjs's batch norm without scale and offset, and relu6": (z) => {
    const { runningMean, runningVariance } = variables(z.shape[3]);
    return tf.relu6(tf.batchNorm(z, runningMean, runningVariance));
  },
  "bias": (z) => tf.add(z, noise([z.shape[3]], 2)),
  "bias and relu6": (z) => tf.relu6(tf.add(z, noise([z.shape[3]], 2))),
  "bias and addition": (z) => tf.add(tf.add(z, noise([1, 1, 1, z.shape[3]], 2)), residual(z)),
  "addition and bias": (z) => tf.add(tf.add(z, residual(z)), noise([z.shape[3]], 2)),
  "relu": (z) => tf.relu(z),
  "relu and batch norm": (z) => batchNormInference(tf.relu(z), variables(z.shape[3])),
  "relu, relu6 and addition": (z) => tf.add(tf.relu6(tf.relu(z)), residual(z)),
  "silu": (z) => activate(z, "silu"),
  "bias, hard-swish and addition": (z) =>
    tf.add(activate(tf.add(z, noise([z.shape[3]], 2)) as tf.Tensor4D, "hardSwish"), residual(z)),
  "two additions": (z) => tf.add(tf.add(z, residual(z)), residual(z)),
  "the addition of itself": (z) => tf.relu(tf.add(z, z)),
};

export function epilogueContract(subject: Subject): void {
  for (const [following, follow] of Object.entries(FOLLOWING)) {
    subject.test(`a convolution with ${following} behind it agrees with stock tfjs`, async () => {
      for (const [kind, settings] of Object.entries(CASES)) {
        const what = `${kind}, [${settings.input}], with ${following}`;
        await subject.agreesWithStock(what, () => {
          const x = noise(settings.input, 1) as tf.Tensor4D;
          return [follow(convolve(x, settings))];
        }, 4e-5);
      }
    });
  }

  for (const activation of ["linear", "relu", "relu6"] as const) {
    subject.test(`tfjs's fused convolutions with bias and ${activation} agree`, async () => {
      for (const [kind, settings] of Object.entries(CASES)) {
        await subject.agreesWithStock(`${kind}, ${activation}`, () => {
          const x = noise(settings.input, 1) as tf.Tensor4D;
          const { filters, stride = 1, pad = 0 } = settings;
          const channels = filters || settings.input[3];
          return [noise([channels], 3), noise([], 4), undefined].map((bias) =>
            (filters ? tf.fused.conv2d : tf.fused.depthwiseConv2d)({
              x,
              filter: filterOf(settings),
              strides: stride,
              pad,
              bias,
              activation,
            })
          );
        }, 4e-5);
      }
    });
  }
}

/** Each kind of convolution with all that it can take over. */
export function finishedConvolutions(): tf.Tensor[] {
  return Object.values(CASES).map((settings) => {
    const z = convolve(noise(settings.input, 1) as tf.Tensor4D, settings);
    return batchNormInference(z, variables(z.shape[3]), {
      activation: "relu6",
      residual: residual(z),
    });
  });
}

function products(input: Shape4D, filters: number[]): Record<string, Case> {
  return Object.fromEntries(
    filters.map((count) => [`rows [${input}] by ${count}`, { input, filters: count, size: 1 }]),
  );
}

function batchNorms(activations: Activation[], residuals: boolean[]): typeof FOLLOWING {
  return Object.fromEntries(activations.flatMap((activation) =>
    residuals.map((withResidual) => [
      `batch norm, ${withResidual ? "a residual, " : ""}${activation}`,
      (z: tf.Tensor4D) =>
        batchNormInference(z, variables(z.shape[3]), {
          activation,
          residual: withResidual ? residual(z) : undefined,
        }),
    ])
  ));
}

/** Scaled so that activations cut off some values at both ends. */
export function variables(channels: number): BatchNormVariables {
  const vector = (seed: number, factor: number, offset: number) =>
    tf.add(tf.mul(noise([channels], seed), factor), offset) as tf.Tensor1D;
  return {
    weight: vector(2, 2, 3),
    bias: vector(3, 1, 2),
    runningMean: vector(4, 1, 0),
    runningVariance: vector(5, 0.5, 1),
  };
}

function residual(z: tf.Tensor4D): tf.Tensor4D {
  return noise(z.shape, 6) as tf.Tensor4D;
}

function filterOf({ input, filters, size }: Case): tf.Tensor4D {
  const shape = [size, size, input[3], filters || 1];
  return tf.div(noise(shape, 7), Math.sqrt(filters ? size * size * input[3] / 3 : 3));
}

function convolve(x: tf.Tensor4D, settings: Case): tf.Tensor4D {
  const { filters, stride = 1, pad = 0 } = settings;
  const operation = filters ? tf.conv2d : tf.depthwiseConv2d;
  return operation(x, filterOf(settings), stride, pad);
}
