import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { type Activation, batchNormInference, batchNormTrain } from "../../../backend/ops.ts";
import { WASM_BACKEND } from "../../../backend/wasm/mod.ts";
import { agreesWithStock, assertNear, noise, noiseValues, valuesOn } from "./compare.ts";

type Shape4D = [number, number, number, number];

/** y, the gradients of x, gamma, beta and the residual, and the running buffers afterwards. */
function trainBatchNorm(shape: Shape4D, activation: Activation, withResidual: boolean) {
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
    }, { activation, residual: residual as tf.Tensor4D });
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
  runningMean.dispose();
  runningVariance.dispose();
  return results;
}

for (const activation of ["linear", "relu", "relu6"] as const) {
  for (const withResidual of [false, true]) {
    const what = `train-mode batch norm, ${activation}${withResidual ? ", with a residual" : ""}`;
    Deno.test(`${what}: values, gradients and running buffers agree with stock tfjs`, async () => {
      const shapes: Shape4D[] = [
        [1, 2, 1, 1],
        [4, 5, 3, 3],
        [3, 7, 7, 5],
        [2, 9, 5, 16],
        [4, 6, 6, 17],
        [1, 31, 33, 24],
        [4, 2, 2, 960],
      ];
      for (const shape of shapes) {
        await agreesWithStock(
          `${what}, [${shape}]`,
          () => trainBatchNorm(shape, activation, withResidual),
          5e-5,
        );
      }
    });
  }

  Deno.test(`evaluation-mode batch norm, ${activation}, agrees with stock tfjs`, async () => {
    for (const channels of [1, 5, 16, 17]) {
      for (const withResidual of [false, true]) {
        await agreesWithStock(`${channels} channels`, () => {
          const shape: Shape4D = [2, 5, 7, channels];
          return [batchNormInference(noise(shape, 1) as tf.Tensor4D, {
            weight: noise([channels], 2) as tf.Tensor1D,
            bias: noise([channels], 3) as tf.Tensor1D,
            runningMean: noise([channels], 4) as tf.Tensor1D,
            runningVariance: tf.add(noise([channels], 5), 2) as tf.Tensor1D,
          }, { activation, residual: withResidual ? noise(shape, 6) as tf.Tensor4D : undefined })];
        });
      }
    }
  });
}

Deno.test("batch statistics keep their precision when the mean is a thousand deviations", async () => {
  const channels = 8, pixels = 4 * 31 * 31;
  const x = noiseValues(pixels * channels, 1).map((value) => 1000 + value);
  let sum = 0, squares = 0;
  for (let i = 0; i < pixels; i++) sum += x[i * channels];
  for (let i = 0; i < pixels; i++) squares += (x[i * channels] - sum / pixels) ** 2;
  const [, variance] = await valuesOn(WASM_BACKEND, () => {
    const ones = tf.ones([channels]) as tf.Tensor1D;
    const runningMean = tf.variable(tf.zeros([channels])) as tf.Variable<tf.Rank.R1>;
    const runningVariance = tf.variable(tf.zeros([channels])) as tf.Variable<tf.Rank.R1>;
    batchNormTrain(tf.tensor4d(x, [4, 31, 31, channels]), {
      weight: ones,
      bias: ones,
      runningMean,
      runningVariance,
    });
    const results = [runningMean.clone(), runningVariance.clone()];
    tf.dispose([runningMean, runningVariance]);
    return results;
  });
  assertNear("variance", variance.slice(0, 1), [0.1 * squares / (pixels - 1)], 1e-4);
});

Deno.test("a NaN in a photo reaches the output of batch norm and relu6", async () => {
  const [y] = await valuesOn(WASM_BACKEND, () => {
    const x = noiseValues(64, 1);
    x[3] = NaN;
    const ones = tf.ones([8]) as tf.Tensor1D;
    const bn = { weight: ones, bias: ones, runningMean: ones, runningVariance: ones };
    return [batchNormInference(tf.tensor4d(x, [1, 2, 4, 8]), bn, { activation: "relu6" })];
  });
  assert.equal(y.findIndex(Number.isNaN), 3);
});
