import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { sgdMomentum, softmaxCrossEntropy } from "../../../backend/ops.ts";
import "../../../backend/webgpu/mod.ts";
import { agreesWithStock, noise, stockProgramsOf, webGpuTest, withGradients } from "./compare.ts";

webGpuTest("max pooling and its gradient agree with stock tfjs", async () => {
  const cases = [
    { shape: [3, 9, 9, 24], size: 3, stride: 2, pad: 1 },
    { shape: [1, 8, 7, 5], size: 3, stride: 2, pad: 1 },
    { shape: [3, 6, 6, 1], size: 2, stride: 2, pad: "valid" },
    { shape: [1, 7, 7, 17], size: 3, stride: 1, pad: "same" },
    { shape: [1, 5, 9, 24], size: [2, 3], stride: [3, 1], pad: "valid" },
  ] as const;
  for (const { shape, size, stride, pad } of cases) {
    await agreesWithStock(`max pool of [${shape}]`, () =>
      withGradients(
        [noise([...shape], 1)],
        (x) => tf.maxPool(x as tf.Tensor4D, size as number, stride as number, pad),
      ));
  }
});

webGpuTest("of equal values in a window the first gets max pooling's gradient", async () => {
  for (const channels of [5, 12]) {
    await agreesWithStock("max pool", () =>
      withGradients(
        [tf.round(tf.mul(noise([2, 9, 9, channels], 1), 1.5))],
        (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 1),
      ));
  }
});

webGpuTest("softmax cross-entropy and its gradient agree with stock tfjs", async () => {
  for (const [batch, classes] of [[1, 2], [4, 2], [3, 17], [70, 5]]) {
    await agreesWithStock(`cross-entropy of [${batch}, ${classes}]`, () => {
      const labels = tf.tensor1d(
        Array.from({ length: batch }, (_, i) => (i * 7 + 1) % classes),
        "int32",
      );
      const logits = tf.mul(noise([batch, classes], 1), 20);
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
        tf.mul(softmaxCrossEntropy(x as tf.Tensor2D, labels), 3)
      )(logits);
      return [value, grad];
    });
  }
});

webGpuTest("three steps of SGD with momentum agree with stock tfjs", async () => {
  await agreesWithStock("sgd", () => {
    // More parameters than one dispatch takes.
    const shapes = [[1], [7], [3, 3, 5, 17], [200, 100], ...Array(12).fill([33])];
    const parameters = shapes.map((shape, i) => tf.variable(noise(shape, i)));
    const buffers = parameters.map((parameter) => tf.variable(tf.zerosLike(parameter)));
    for (let step = 0; step < 3; step++) {
      tf.tidy(() => {
        const gradients = shapes.map((shape, i) => noise(shape, 10 * step + i + 7));
        sgdMomentum(parameters, gradients, buffers, 0.1 / (step + 1), 0.9);
      });
    }
    const results = [...parameters, ...buffers].map((variable) => variable.clone());
    tf.dispose([...parameters, ...buffers]);
    return results;
  });
});

webGpuTest(
  "loss, optimiser and max pooling's gradient are computed by no stock program",
  async () => {
    const programs = await stockProgramsOf(() => {
      const parameter = tf.variable(tf.ones([3])), buffer = tf.variable(tf.ones([3]));
      tf.tidy(() => {
        softmaxCrossEntropy(noise([2, 3], 1) as tf.Tensor2D, tf.tensor1d([0, 2], "int32"));
        sgdMomentum([parameter], [noise([3], 2)], [buffer], 0.1, 0.9);
        const input = noise([1, 4, 4, 5], 1), output = noise([1, 2, 2, 5], 2);
        tf.engine().runKernel("MaxPoolGrad", { dy: output, input, output }, {
          filterSize: 2,
          strides: 2,
          pad: "valid",
        });
      });
      tf.dispose([parameter, buffer]);
    });
    assert.deepEqual(programs, []);
  },
);
