import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { Activation } from "../../../backend/ops/activation.ts";
import type { BatchNormOptions, BatchNormVariables } from "../../../backend/ops/batch_norm.ts";
import { batchNormInference } from "../../../backend/ops/batch_norm_inference.ts";
import { batchNormTrain } from "../../../backend/ops/batch_norm_train.ts";
import { assertNear, noise, noiseValues, withGradients } from "../compare.ts";
import type { Subject } from "./subject.ts";

type Shape4D = [number, number, number, number];

/** One of each kind: vectors or single channels, one workgroup or chunk, several, and many. */
const OF_EACH_KIND: Shape4D[] = [
  [1, 3, 2, 1],
  [3, 7, 7, 5],
  [2, 9, 5, 16],
  // More rows than one workgroup, or one chunk, takes.
  [1, 31, 33, 24],
  [3, 31, 33, 17],
];

const MORE: Shape4D[] = [
  [4, 5, 3, 3],
  [4, 6, 6, 17],
  [4, 2, 2, 960],
];

/** Where an activation is computed, too: it is the same for any number of rows. */
const FEW_ROWS = OF_EACH_KIND.slice(0, 3);

export function batchNormContract(subject: Subject): void {
  const all = subject.shapes(OF_EACH_KIND, MORE);
  const few = subject.shapes(FEW_ROWS, [...OF_EACH_KIND.slice(3), ...MORE]);
  for (const activation of ["linear", "relu", "relu6", "hardSwish", "silu"] as const) {
    for (const withResidual of [false, true]) {
      const shapes = activation === "linear" && !withResidual ? all : few;
      trainedBatchNormContract(subject, shapes, activation, withResidual);
    }

    subject.test(`evaluation-mode batch norm, ${activation}, agrees with stock tfjs`, async () => {
      for (const channels of [1, 5, 16, 17]) {
        for (const withResidual of [false, true]) {
          await subject.agreesWithStock(`${channels} channels`, () => {
            const shape: Shape4D = [2, 5, 7, channels];
            const residual = withResidual ? noise(shape, 6) as tf.Tensor4D : undefined;
            return [batchNormInference(noise(shape, 1) as tf.Tensor4D, {
              weight: noise([channels], 2) as tf.Tensor1D,
              bias: noise([channels], 3) as tf.Tensor1D,
              runningMean: noise([channels], 4) as tf.Tensor1D,
              runningVariance: tf.add(noise([channels], 5), 2) as tf.Tensor1D,
            }, { activation, residual })];
          });
        }
      }
    });
  }

  for (const activation of ["linear", "relu", "relu6"] as const) {
    for (const withResidual of [false, true]) {
      const residual = withResidual ? " with a residual" : "";
      subject.test(
        `the gradients of evaluation-mode batch norm, ${activation}${residual}, agree with stock tfjs`,
        async () => {
          for (const shape of subject.shapes(FEW_ROWS, MORE)) {
            await subject.agreesWithStock(
              `[${shape}]`,
              () => runningBatchNorm(shape, activation, withResidual),
              5e-5,
            );
          }
        },
      );
    }
  }

  subject.test("a gradient by running statistics goes on through convolutions", async () => {
    await subject.agreesWithStock("two blocks", () => {
      const x = noise([2, 9, 7, 8], 1);
      const filters = [noise([1, 1, 8, 24], 2), noise([3, 3, 24, 1], 3), noise([1, 1, 24, 8], 4)];
      const norms = [24, 24, 8].map((channels, i) => runningVariables(channels, 10 * i));
      return withGradients(
        [x, ...filters, ...norms.flatMap(({ weight, bias }) => [weight, bias])],
        (x, expand, depthwise, project, ...learned) => {
          const bn = (i: number) => ({
            ...norms[i],
            weight: learned[2 * i] as tf.Tensor1D,
            bias: learned[2 * i + 1] as tf.Tensor1D,
          });
          let y = tf.conv2d(x as tf.Tensor4D, expand as tf.Tensor4D, 1, 0);
          y = batchNormInference(y, bn(0), { activation: "relu6" });
          y = tf.depthwiseConv2d(y, depthwise as tf.Tensor4D, 1, 1);
          y = batchNormInference(y, bn(1), { activation: "relu6" });
          y = tf.conv2d(y, project as tf.Tensor4D, 1, 0);
          return batchNormInference(y, bn(2), { residual: x as tf.Tensor4D });
        },
      );
    }, 1e-4);
  });

  // TensorFlow's, and an epsilon that shows in every value.
  for (const settings of [{ momentum: 0.01, epsilon: 1e-3 }, { momentum: 0.6, epsilon: 2 }]) {
    const what = `momentum ${settings.momentum} and epsilon ${settings.epsilon}`;
    subject.test(`batch norm with ${what} agrees with stock tfjs`, async () => {
      for (const activation of ["linear", "relu6"] as const) {
        await subject.agreesWithStock(
          `${what}, ${activation}`,
          () => trainBatchNorm([3, 7, 7, 5], activation, false, settings),
          5e-5,
        );
        await subject.agreesWithStock(`${what}, ${activation}, evaluation`, () => {
          const bn = {
            weight: noise([5], 2) as tf.Tensor1D,
            bias: noise([5], 3) as tf.Tensor1D,
            runningMean: noise([5], 4) as tf.Tensor1D,
            runningVariance: tf.add(noise([5], 5), 2) as tf.Tensor1D,
          };
          const x = noise([2, 5, 7, 5], 1) as tf.Tensor4D;
          return [batchNormInference(x, bn, { ...settings, activation })];
        });
      }
    });
  }

  subject.test("batch norm's momentum and epsilon are torch's where none are given", async () => {
    const [y, mean] = await subject.valuesOf(() => {
      const one = () => tf.ones([1]) as tf.Tensor1D;
      const runningMean = tf.variable(tf.zeros([1])) as tf.Variable<tf.Rank.R1>;
      const runningVariance = tf.variable(tf.ones([1])) as tf.Variable<tf.Rank.R1>;
      // Deviations of 0.003: their variance is near epsilon.
      const x = tf.tensor4d([1.003, 0.997], [1, 1, 2, 1]);
      const bn = {
        weight: one(),
        bias: tf.zeros([1]) as tf.Tensor1D,
        runningMean,
        runningVariance,
      };
      const results = [batchNormTrain(x, bn), runningMean.clone()];
      tf.dispose([runningMean, runningVariance]);
      return results;
    });
    const expected = 0.003 / Math.sqrt(0.003 ** 2 + 1e-5);
    assertNear("y", y, [expected, -expected], 1e-4);
    assertNear("running mean", mean, [0.1], 1e-6);
  });

  statisticsContract(subject);

  subject.test("what was read of a running buffer before it moved is not read again", async () => {
    const ones = () => tf.ones([4]) as tf.Tensor1D;
    const runningMean = tf.variable(tf.zeros([4])) as tf.Variable<tf.Rank.R1>;
    const runningVariance = tf.variable(tf.ones([4])) as tf.Variable<tf.Rank.R1>;
    const step = () =>
      tf.tidy(() => {
        const x = tf.fill([1, 2, 2, 4], 10) as tf.Tensor4D;
        batchNormTrain(x, { weight: ones(), bias: ones(), runningMean, runningVariance });
      });
    step();
    const first = runningMean.data();
    step();
    assertNear("after one step", await first, [1, 1, 1, 1], 1e-6);
    assertNear("after two steps", await runningMean.data(), [1.9, 1.9, 1.9, 1.9], 1e-6);
    tf.dispose([runningMean, runningVariance]);
  });

  subject.test("a NaN in a photo reaches the output of batch norm", async () => {
    const [y] = await subject.valuesOf(() => {
      const x = noiseValues(64, 1);
      x[3] = NaN;
      const ones = tf.ones([8]) as tf.Tensor1D;
      const bn = { weight: ones, bias: ones, runningMean: ones, runningVariance: ones };
      return [batchNormInference(tf.tensor4d(x, [1, 2, 4, 8]), bn)];
    });
    assert.equal(y.findIndex(Number.isNaN), 3);
  });
}

export function trainedBatchNormContract(
  subject: Subject,
  shapes: Shape4D[],
  activation: Activation,
  withResidual: boolean,
): void {
  const what = `train-mode batch norm, ${activation}${withResidual ? ", with a residual" : ""}`;
  subject.test(
    `${what}: values, gradients and running buffers agree with stock tfjs`,
    async () => {
      for (const shape of shapes) {
        await subject.agreesWithStock(
          `${what}, [${shape}]`,
          () => trainBatchNorm(shape, activation, withResidual),
          5e-5,
        );
      }
    },
  );
}

export function statisticsContract(subject: Subject): void {
  for (const side of [15, 31]) {
    subject.test(
      `statistics of ${4 * side ** 2} values keep their precision a thousand deviations from zero`,
      async () => {
        const channels = 8, pixels = 4 * side * side;
        const x = noiseValues(pixels * channels, 1).map((value) => 1000 + value);
        let sum = 0, squares = 0;
        for (let i = 0; i < pixels; i++) sum += x[i * channels];
        for (let i = 0; i < pixels; i++) squares += (x[i * channels] - sum / pixels) ** 2;
        const [mean, variance] = await subject.valuesOf(() => {
          const ones = tf.ones([channels]) as tf.Tensor1D;
          const running = () => tf.variable(tf.zeros([channels])) as tf.Variable<tf.Rank.R1>;
          const runningMean = running(), runningVariance = running();
          batchNormTrain(tf.tensor4d(x, [4, side, side, channels]), {
            weight: ones,
            bias: ones,
            runningMean,
            runningVariance,
          });
          const moved = [runningMean.clone(), runningVariance.clone()];
          tf.dispose([runningMean, runningVariance]);
          return moved;
        });
        assertNear("mean", mean.slice(0, 1), [0.1 * sum / pixels], 1e-6);
        assertNear("variance", variance.slice(0, 1), [0.1 * squares / (pixels - 1)], 1e-4);
      },
    );
  }
}

/** y, the gradients of x, gamma, beta and the residual, and the running buffers afterwards. */
function trainBatchNorm(
  shape: Shape4D,
  activation: Activation,
  withResidual: boolean,
  settings: BatchNormOptions = {},
) {
  const channels = [shape[3]];
  const variable = (seed: number, offset: number) =>
    tf.variable(tf.add(noise(channels, seed), offset)) as tf.Variable<tf.Rank.R1>;
  const runningMean = variable(4, 0), runningVariance = variable(5, 2);
  const inputs = [
    tf.add(tf.mul(noise(shape, 1), 3), noise(channels, 6)),
    tf.add(noise(channels, 2), 1.5),
    noise(channels, 3),
    ...(withResidual ? [noise(shape, 7)] : []),
  ];
  const run = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, residual?: tf.Tensor) =>
    batchNormTrain(x as tf.Tensor4D, {
      weight: weight as tf.Tensor1D,
      bias: bias as tf.Tensor1D,
      runningMean,
      runningVariance,
    }, { ...settings, activation, residual: residual as tf.Tensor4D });
  const { value, grads } = tf.valueAndGrads((...[x, w, b, r]: tf.Tensor[]) =>
    tf.sum(tf.mul(run(x, w, b, r), noise(shape, 99)))
  )(inputs);
  const results = [
    run(inputs[0], inputs[1], inputs[2], inputs[3]),
    value,
    ...grads,
    runningMean.clone(),
    runningVariance.clone(),
  ];
  tf.dispose([runningMean, runningVariance]);
  return results;
}

function runningVariables(channels: number, seed: number): BatchNormVariables {
  return {
    weight: noise([channels], seed + 2) as tf.Tensor1D,
    bias: noise([channels], seed + 3) as tf.Tensor1D,
    runningMean: noise([channels], seed + 4) as tf.Tensor1D,
    runningVariance: tf.add(noise([channels], seed + 5), 2) as tf.Tensor1D,
  };
}

/** y and its gradients with respect to x, weight, bias and residual. */
function runningBatchNorm(shape: Shape4D, activation: Activation, withResidual: boolean) {
  const { weight, bias, ...running } = runningVariables(shape[3], 0);
  const inputs = [noise(shape, 1), weight, bias, ...(withResidual ? [noise(shape, 6)] : [])];
  return withGradients(inputs, (x, weight, bias, residual) =>
    batchNormInference(
      tf.mul(x, 8) as tf.Tensor4D,
      { weight: weight as tf.Tensor1D, bias: bias as tf.Tensor1D, ...running },
      { activation, residual: residual as tf.Tensor4D | undefined },
    ));
}
