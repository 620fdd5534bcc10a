import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import "../../../backend/webgpu/mod.ts";
import { agreesWithStock, noise, stockProgramsOf, webGpuTest, withGradients } from "./compare.ts";

interface Case {
  input: [number, number, number, number];
  kernel: [number, number];
  stride?: number | [number, number];
  pad?: number | "same" | "valid";
}

const CASES: Case[] = [
  { input: [1, 7, 9, 1], kernel: [3, 3], pad: 1 },
  { input: [3, 7, 9, 3], kernel: [3, 3], pad: 1 },
  { input: [1, 7, 15, 5], kernel: [3, 3], pad: "same" },
  { input: [3, 8, 8, 24], kernel: [3, 3], stride: 2, pad: 1 },
  { input: [1, 9, 7, 17], kernel: [3, 3], stride: 2, pad: 1 },
  { input: [3, 10, 9, 8], kernel: [3, 3], stride: 2, pad: "same" },
  { input: [1, 11, 10, 12], kernel: [5, 5], stride: 2, pad: 2 },
  { input: [1, 8, 8, 8], kernel: [3, 3], stride: 3 },
  { input: [1, 6, 7, 8], kernel: [2, 3], stride: [1, 2] },
  { input: [1, 4, 4, 8], kernel: [3, 3], pad: 3 },
  { input: [1, 1, 1, 8], kernel: [3, 3], pad: 1 },
  { input: [3, 3, 3, 32], kernel: [1, 1] },
  { input: [1, 24, 33, 40], kernel: [3, 3], pad: 1 },
];

for (const { input, kernel, stride = 1, pad = "valid" } of CASES) {
  const what = `depthwise convolution of [${input}] by ${kernel.join("×")}, stride ${stride}, ` +
    `padding ${pad}`;
  webGpuTest(`${what}, and both gradients, agree with stock tfjs`, async () => {
    await agreesWithStock(what, () => {
      const x = noise(input, 1);
      const filter = noise([...kernel, input[3], 1], 2);
      return withGradients(
        [x, filter],
        (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
      );
    });
  });
}

webGpuTest(
  "a depthwise convolution with dilation or two filters a channel is stock tfjs's",
  async () => {
    await agreesWithStock("depthwise", () => {
      const x = noise([1, 11, 10, 9], 1) as tf.Tensor4D;
      return [
        tf.depthwiseConv2d(x, noise([3, 3, 9, 1], 2) as tf.Tensor4D, 1, "same", "NHWC", [2, 2]),
        tf.depthwiseConv2d(x, noise([3, 3, 9, 2], 3) as tf.Tensor4D, 2, 1),
      ];
    });
  },
);

webGpuTest(
  "a depthwise convolution and its gradients are computed by no stock program",
  async () => {
    const programs = await stockProgramsOf(() =>
      tf.tidy(() => {
        const x = noise([1, 6, 6, 5], 1), dy = noise([1, 6, 6, 5], 2);
        const filter = noise([3, 3, 5, 1], 3);
        const attrs = { strides: 1, pad: 1, dilations: 1, dimRoundingMode: "floor" };
        const run = (kernel: string, inputs: tf.NamedTensorMap, more = {}) =>
          tf.engine().runKernel(kernel, inputs, { ...attrs, ...more });
        run("DepthwiseConv2dNative", { x, filter });
        run("DepthwiseConv2dNativeBackpropInput", { dy, filter }, { inputShape: x.shape });
        run("DepthwiseConv2dNativeBackpropFilter", { x, dy }, { filterShape: filter.shape });
      })
    );
    assert.deepEqual(programs, []);
  },
);
