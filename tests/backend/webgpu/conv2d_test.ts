import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import "../../../backend/webgpu/mod.ts";
import { agreesWithStock, noise, stockProgramsOf, webGpuTest, withGradients } from "./compare.ts";

interface Case {
  /** [batch, height, width, channels] */
  input: [number, number, number, number];
  filters: number;
  kernel: [number, number];
  stride?: number | [number, number];
  pad?: number | "same" | "valid";
}

const CASES: Case[] = [
  // Every way of cutting channels into vectors, of input and output.
  { input: [1, 5, 7, 1], filters: 24, kernel: [1, 1] },
  { input: [3, 5, 7, 3], filters: 17, kernel: [1, 1] },
  { input: [1, 5, 7, 24], filters: 5, kernel: [1, 1] },
  { input: [3, 4, 5, 17], filters: 24, kernel: [1, 1] },
  { input: [1, 9, 9, 96], filters: 136, kernel: [1, 1] },
  { input: [3, 7, 6, 16], filters: 24, kernel: [1, 1], stride: 2 },
  { input: [1, 7, 6, 5], filters: 3, kernel: [1, 1], stride: 3 },
  { input: [1, 5, 5, 4], filters: 4, kernel: [1, 1], pad: 1 },
  // Windows, with every kind of padding and stride.
  { input: [1, 7, 7, 3], filters: 8, kernel: [3, 3] },
  { input: [3, 9, 8, 5], filters: 17, kernel: [3, 3], pad: 1 },
  { input: [1, 8, 9, 16], filters: 16, kernel: [3, 3], pad: "same" },
  { input: [3, 9, 9, 17], filters: 5, kernel: [3, 3], stride: 2, pad: 1 },
  { input: [1, 10, 9, 4], filters: 24, kernel: [3, 3], stride: 2, pad: "same" },
  { input: [1, 17, 16, 3], filters: 12, kernel: [7, 7], stride: 2, pad: 3 },
  { input: [1, 12, 11, 3], filters: 8, kernel: [5, 3], stride: [2, 1], pad: "same" },
  { input: [1, 6, 6, 1], filters: 4, kernel: [2, 2], stride: 3 },
  { input: [1, 5, 4, 24], filters: 1, kernel: [3, 3], pad: 3 },
  { input: [1, 2, 2, 8], filters: 8, kernel: [3, 3], stride: 2, pad: 1 },
];

for (const { input, filters, kernel, stride = 1, pad = "valid" } of CASES) {
  const what = `conv2d of [${input}] by ${filters} filters of ${kernel.join("×")}, ` +
    `stride ${stride}, padding ${pad}`;
  webGpuTest(`${what}, and both gradients, agree with stock tfjs`, async () => {
    await agreesWithStock(what, () => {
      const x = noise(input, 1);
      const filter = noise([...kernel, input[3], filters], 2);
      return withGradients(
        [x, filter],
        (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
      );
    });
  });
}

webGpuTest(
  "conv2d with dilation, explicit padding or another rounding agrees with stock tfjs",
  async () => {
    await agreesWithStock("conv2d", () => {
      const x = noise([1, 11, 10, 5], 1) as tf.Tensor4D;
      const filter = noise([3, 3, 5, 9], 2) as tf.Tensor4D;
      return [
        tf.conv2d(x, filter, 1, "same", "NHWC", [2, 2]),
        tf.conv2d(x, filter, 2, [[0, 0], [2, 1], [0, 3], [0, 0]]),
        tf.conv2d(x, filter, 2, 1, "NHWC", 1, "ceil"),
      ];
    });
  },
);

webGpuTest("conv2d and its gradients are computed by no stock program", async () => {
  const programs = await stockProgramsOf(() =>
    tf.tidy(() => {
      const x = noise([1, 6, 6, 3], 1) as tf.Tensor4D;
      const filter = noise([3, 3, 3, 5], 2) as tf.Tensor4D;
      const dy = noise([1, 6, 6, 5], 3) as tf.Tensor4D;
      const attrs = { strides: 1, pad: 1, dataFormat: "NHWC", dimRoundingMode: "floor" };
      tf.engine().runKernel("Conv2D", { x, filter }, { ...attrs, dilations: 1 });
      tf.engine().runKernel("Conv2DBackpropInput", { dy, filter }, {
        ...attrs,
        inputShape: x.shape,
      });
      tf.engine().runKernel("Conv2DBackpropFilter", { x, dy }, {
        ...attrs,
        filterShape: filter.shape,
      });
    })
  );
  assert.deepEqual(programs, []);
});
