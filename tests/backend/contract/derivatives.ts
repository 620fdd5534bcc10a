/** Gradients against central differences of the same backend's values: no other program is asked. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { activate, type Activation } from "../../../backend/ops/activation.ts";
import { batchNormTrain } from "../../../backend/ops/batch_norm_train.ts";
import { groupedConv2d } from "../../../backend/ops/grouped_conv2d.ts";
import { softmaxCrossEntropy } from "../../../backend/ops/softmax_cross_entropy.ts";
import { squeezeExcitation } from "../../../backend/ops/squeeze_excitation.ts";
import { noise, noiseValues } from "../compare.ts";
import type { Subject } from "./subject.ts";

interface Case {
  /** Shapes of the inputs that it is differentiated by. */
  inputs: number[][];
  f(...inputs: tf.Tensor[]): tf.Tensor;
}

const CASES: Record<string, Case> = {
  "a matrix product over pixels": {
    inputs: [[2, 3, 5, 17], [1, 1, 17, 8]],
    f: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 0),
  },
  "a strided 3×3 convolution": {
    inputs: [[1, 9, 8, 5], [3, 3, 5, 16]],
    f: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 1),
  },
  "a 3×3 convolution of many tiles": {
    inputs: [[2, 16, 15, 16], [3, 3, 16, 16]],
    f: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 1),
  },
  "a strided depthwise convolution": {
    inputs: [[2, 9, 8, 24], [3, 3, 24, 1]],
    f: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 1),
  },
  "a strided convolution in groups": {
    inputs: [[2, 9, 8, 24], [3, 3, 8, 24]],
    f: (x, w) => groupedConv2d(x as tf.Tensor4D, w as tf.Tensor4D, { strides: 2, pad: 1 }),
  },
  "batch norm with a residual": {
    inputs: [[3, 5, 4, 16], [16], [16], [3, 5, 4, 16]],
    f: (x, w, b, residual) => normalize(x, w, b, "linear", residual),
  },
  "batch norm with relu": {
    inputs: [[3, 7, 6, 5], [5], [5]],
    f: (x, w, b) => normalize(x, w, b, "relu"),
  },
  "batch norm with silu": {
    inputs: [[3, 7, 6, 5], [5], [5]],
    f: (x, w, b) => normalize(x, w, b, "silu"),
  },
  "silu alone": { inputs: [[37]], f: (x) => activate(x, "silu") },
  "squeeze-and-excitation": {
    inputs: [[2, 4, 3, 8], [1, 1, 8, 4], [4], [1, 1, 4, 8], [8]],
    f: (x, ...[w1, b1, w2, b2]) =>
      squeezeExcitation(x as tf.Tensor4D, {
        reduceWeight: w1 as tf.Tensor4D,
        reduceBias: b1 as tf.Tensor1D,
        expandWeight: w2 as tf.Tensor4D,
        expandBias: b2 as tf.Tensor1D,
      }, { activation: "silu", gate: "sigmoid" }),
  },
  "max pooling": {
    inputs: [[1, 9, 9, 16]],
    f: (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 1),
  },
  "softmax cross-entropy": {
    inputs: [[5, 7]],
    f: (x) => softmaxCrossEntropy(x as tf.Tensor2D, tf.tensor1d([0, 3, 6, 1, 2], "int32")),
  },
  "a convolution, batch norm and depthwise convolution in a row": {
    inputs: [[2, 6, 5, 8], [1, 1, 8, 24], [24], [24], [3, 3, 24, 1]],
    f: (x, expand, w, b, filter) => {
      const z = tf.conv2d(x as tf.Tensor4D, expand as tf.Tensor4D, 1, 0);
      const y = normalize(z, w, b, "relu6");
      return tf.depthwiseConv2d(y, filter as tf.Tensor4D, 1, 1);
    },
  },
};

export function derivativesContract(subject: Subject): void {
  for (const [what, { inputs, f }] of Object.entries(CASES)) {
    subject.test(`the gradients of ${what} are its derivatives`, async () => {
      for (let i = 0; i < inputs.length; i++) await assertDerivative(subject, inputs, f, i);
    });
  }
}

/** Half the distance between the two values that make a difference. */
const STEP = 1 / 1024;

/** Along one random direction of input `by`: kinks on the way there cost some precision. */
async function assertDerivative(
  subject: Subject,
  shapes: number[][],
  f: Case["f"],
  by: number,
): Promise<void> {
  const inputs = () => shapes.map((shape, i) => noise(shape, 3 + i));
  const direction = noiseValues(tf.util.sizeFromShape(shapes[by]), 50);
  const valueAt = async (step: number) => {
    const [values] = await subject.valuesOf(() => {
      const at = inputs();
      at[by] = tf.add(at[by], tf.mul(tf.tensor(direction, shapes[by]), step));
      return [f(...at)];
    });
    const weights = noiseValues(values.length, 99);
    return values.reduce((sum, value, i) => sum + value * weights[i], 0);
  };
  const difference = (await valueAt(STEP) - await valueAt(-STEP)) / (2 * STEP);
  const [gradient] = await subject.valuesOf(() => [
    tf.grads((...xs: tf.Tensor[]) => {
      const y = f(...xs);
      return tf.sum(tf.mul(y, noise(y.shape, 99)));
    })(inputs())[by],
  ]);
  const derivative = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
  const norm = Math.hypot(...gradient);
  assert.ok(norm > 0, `the gradient of input ${by} is zero`);
  assert.ok(
    Math.abs(derivative - difference) <= 0.02 * norm,
    `by input ${by}: the gradient gives ${derivative}, differences ${difference}`,
  );
}

function normalize(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  activation: Activation,
  residual?: tf.Tensor,
): tf.Tensor4D {
  const running = () => tf.variable(tf.zeros([weight.size])) as tf.Variable<tf.Rank.R1>;
  const runningMean = running(), runningVariance = running();
  const y = batchNormTrain(x as tf.Tensor4D, {
    weight: weight as tf.Tensor1D,
    bias: bias as tf.Tensor1D,
    runningMean,
    runningVariance,
  }, { activation, residual: residual as tf.Tensor4D });
  tf.dispose([runningMean, runningVariance]);
  return y;
}
