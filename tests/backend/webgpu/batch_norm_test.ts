import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { type Activation, batchNormInference, batchNormTrain } from "../../../backend/ops.ts";
import { WEBGPU_BACKEND } from "../../../backend/webgpu/mod.ts";
import {
  agreesWithStock,
  assertNear,
  noise,
  stockProgramsOf,
  valuesOn,
  webGpuTest,
} from "./compare.ts";

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
    webGpuTest(`${what}: values, gradients and running buffers agree with stock tfjs`, async () => {
      const shapes: Shape4D[] = [
        [1, 3, 2, 1],
        [3, 7, 7, 5],
        // More rows than one workgroup takes.
        [3, 31, 33, 17],
        [1, 33, 33, 24],
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

  webGpuTest(`evaluation-mode batch norm, ${activation}, agrees with stock tfjs`, async () => {
    for (const channels of [1, 5, 24]) {
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

for (const size of [15, 31]) {
  webGpuTest(
    `statistics of ${4 * size ** 2} values keep their precision far from zero`,
    async () => {
      const channels = 8;
      const input = () => tf.add(noise([4, size, size, channels], 1), 1000) as tf.Tensor4D;
      const [x] = await valuesOn("cpu", () => [input()]);
      const pixels = x.length / channels;
      let sum = 0, squares = 0;
      for (let i = 0; i < x.length; i += channels) sum += x[i];
      for (let i = 0; i < x.length; i += channels) squares += (x[i] - sum / pixels) ** 2;
      const [variance] = await valuesOn(WEBGPU_BACKEND, () => {
        const ones = tf.ones([channels]) as tf.Tensor1D;
        const runningVariance = tf.variable(tf.zeros([channels])) as tf.Variable<tf.Rank.R1>;
        const runningMean = tf.variable(tf.zeros([channels])) as tf.Variable<tf.Rank.R1>;
        batchNormTrain(input(), { weight: ones, bias: ones, runningMean, runningVariance });
        const moved = runningVariance.clone();
        tf.dispose([runningMean, runningVariance]);
        return [moved];
      });
      assertNear("variance", variance.slice(0, 1), [0.1 * squares / (pixels - 1)], 1e-4);
    },
  );
}

webGpuTest("what was read of a running buffer before it moved is not read again", async () => {
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

webGpuTest("batch norm leaves no data behind, and runs no stock program", async () => {
  await tf.setBackend(WEBGPU_BACKEND);
  const dataIds = () => tf.backend().numDataIds();
  const before = dataIds();
  const programs = await stockProgramsOf(() =>
    tf.tidy(() => {
      const [weight, bias, runningMean, runningVariance] = [1, 2, 3, 4].map((seed) =>
        noise([5], seed) as tf.Tensor1D
      );
      const x = noise([2, 3, 3, 5], 6) as tf.Tensor4D;
      const batchNorm = { weight, bias, runningMean, runningVariance };
      const attrs = { activation: "relu", hasResidual: false };
      const y = batchNormTrain(x, batchNorm, { activation: "relu" });
      tf.engine().runKernel("BatchNormTrainGrad", { dy: x, x, gamma: weight, y }, attrs);
      batchNormInference(x, batchNorm);
    })
  );
  assert.deepEqual(programs, []);
  const flush = tf.ones([1]);
  await flush.data(); // submits, after which tfjs frees what was disposed
  flush.dispose();
  assert.ok(dataIds() <= before + 1, `${dataIds()} tensors, before ${before}`);
});
