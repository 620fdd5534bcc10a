import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { type Activation, batchNormTrain } from "../../../backend/ops.ts";
import { WEBGPU_BACKEND } from "../../../backend/webgpu/mod.ts";
import { agreesWithStock, noise, valuesOn, webGpuTest, withGradients } from "./compare.ts";

/** Batch norm of 5 or 8 channels; on webgpu a tensor that is not computed yet. */
function normalized(x: tf.Tensor, activation: Activation = "relu6"): tf.Tensor4D {
  const channels = x.shape[3]!;
  const [weight, bias] = [1, 2].map((seed) => tf.add(noise([channels], seed), 1) as tf.Tensor1D);
  const runningMean = tf.variable(tf.zeros([channels])) as tf.Variable<tf.Rank.R1>;
  const runningVariance = tf.variable(tf.ones([channels])) as tf.Variable<tf.Rank.R1>;
  const batchNorm = { weight, bias, runningMean, runningVariance };
  const y = batchNormTrain(x as tf.Tensor4D, batchNorm, { activation });
  tf.dispose([runningMean, runningVariance]);
  return y;
}

const READERS: Record<string, (y: tf.Tensor4D, channels: number) => tf.Tensor> = {
  "a 1×1 convolution": (y, c) => tf.conv2d(y, noise([1, 1, c, 12], 7) as tf.Tensor4D, 1, 0),
  "a strided 1×1 convolution": (y, c) => tf.conv2d(y, noise([1, 1, c, 3], 7) as tf.Tensor4D, 2, 0),
  "a 3×3 convolution": (y, c) => tf.conv2d(y, noise([3, 3, c, 4], 7) as tf.Tensor4D, 1, 1),
  "a depthwise convolution": (y, c) =>
    tf.depthwiseConv2d(y, noise([3, 3, c, 1], 7) as tf.Tensor4D, 2, 1),
  "an operation of tfjs": (y) => tf.exp(y),
  "a reshape and an operation of tfjs": (y) => tf.relu(tf.reshape(y, [-1, y.shape[3]])),
  "a convolution over other channels": (y, c) =>
    tf.conv2d(
      tf.reshape(y, [y.shape[0], y.shape[1], -1, 2 * c]) as tf.Tensor4D,
      noise([1, 1, 2 * c, 4], 7) as tf.Tensor4D,
      1,
      0,
    ),
  "nothing but a reader": (y) => y.clone(),
  "two operations": (y, c) =>
    tf.add(tf.sum(tf.conv2d(y, noise([1, 1, c, 2], 7) as tf.Tensor4D, 1, 0)), tf.sum(y)),
};

for (const [reader, read] of Object.entries(READERS)) {
  webGpuTest(
    `a batch norm read by ${reader}, and its gradients, agree with stock tfjs`,
    async () => {
      for (const channels of [5, 8]) {
        await agreesWithStock(reader, () =>
          withGradients(
            [noise([2, 5, 6, channels], 5), noise([1, 1, channels, channels], 6)],
            (x, w) => {
              // The gradient of this batch norm is lazy, too, and read by a convolution's gradients.
              const z = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 0);
              return read(normalized(z), channels);
            },
          ), 5e-5);
      }
    },
  );
}

webGpuTest("a lazy tensor holds what it is computed from after all else is disposed", async () => {
  const [expected] = await valuesOn("cpu", () => [normalized(noise([2, 3, 3, 5], 5))]);
  await tf.setBackend(WEBGPU_BACKEND);
  const y = tf.tidy(() => normalized(noise([2, 3, 3, 5], 5)));
  const other = tf.tidy(() => tf.add(noise([2, 3, 3, 5], 8), 1)); // would take freed memory
  const clone = y.clone();
  y.dispose();
  const values = await clone.data();
  values.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-5));
  tf.dispose([clone, other]);
});

webGpuTest("lazy tensors that nobody reads leave no data behind", async () => {
  await tf.setBackend(WEBGPU_BACKEND);
  const before = tf.backend().numDataIds();
  tf.tidy(() => {
    normalized(noise([2, 3, 3, 5], 5));
  });
  const flush = tf.ones([1]);
  await flush.data();
  flush.dispose();
  assert.ok(tf.backend().numDataIds() <= before + 1);
});
