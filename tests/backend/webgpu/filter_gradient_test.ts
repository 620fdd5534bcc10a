/** The gradient of a convolution's filter, cut for adapters whose workgroups share memory. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { cutForSharing } from "../../../backend/webgpu/operations/conv2d_filter_gradient.ts";
import { assertNear, noise } from "../compare.ts";
import { normalized } from "../contract/lazy.ts";
import { asOnGpu } from "./as_on_gpu.ts";
import { WEBGPU } from "./subject.ts";

interface Case {
  input: [number, number, number, number];
  filters: number;
  kernel: 1 | 3 | 7;
  stride: 1 | 2;
}

/** Together they are cut in each of the ways. */
const CASES: Case[] = [
  { input: [2, 64, 64, 64], filters: 64, kernel: 3, stride: 1 },
  { input: [4, 64, 64, 128], filters: 128, kernel: 1, stride: 1 },
  { input: [4, 64, 64, 4], filters: 128, kernel: 3, stride: 1 },
  { input: [4, 64, 64, 8], filters: 4, kernel: 3, stride: 1 },
  { input: [1, 16, 16, 4], filters: 96, kernel: 1, stride: 1 },
  { input: [1, 5, 7, 20], filters: 12, kernel: 3, stride: 2 },
];

/** Channels that make no vectors: rows of the filter lie in fours anywhere in a window. */
const SINGLE: Case[] = [
  { input: [2, 33, 30, 3], filters: 64, kernel: 7, stride: 2 },
  { input: [2, 20, 21, 3], filters: 32, kernel: 3, stride: 2 },
  { input: [1, 6, 5, 5], filters: 8, kernel: 1, stride: 1 },
  { input: [3, 5, 9, 6], filters: 12, kernel: 3, stride: 1 },
];

Deno.test("the cases are cut in six ways", () => {
  const cuts = CASES.map(({ input: [batch, height, width, channels], filters, kernel, stride }) => {
    const { constants } = cutForSharing({
      rows: kernel ** 2 * channels / 4,
      columns: filters / 4,
      pixels: batch * Math.ceil(height / stride) * Math.ceil(width / stride),
      vectors: channels / 4,
      width: 4,
    });
    return JSON.stringify(constants);
  });
  assert.equal(new Set(cuts).size, 6);
});

for (const { input, filters, kernel, stride } of [...CASES, ...SINGLE]) {
  WEBGPU.test(`the gradient of ${filters} filters of ${kernel}×${kernel}, stride ${stride}, of [${input}] is that in registers`, async () => {
    const shape: [number, number, number, number] = [kernel, kernel, input[3], filters];
    const gradient = async () => {
      const gradient = tf.tidy(() => {
        const x = normalized(noise(input, 1)) as tf.Tensor4D;
        const convolve = (filter: tf.Tensor) =>
          tf.conv2d(x, filter as tf.Tensor4D, stride, (kernel - 1) / 2);
        const dy = noise(convolve(tf.zeros(shape)).shape, 2);
        return tf.grad((filter) => tf.sum(tf.mul(convolve(filter), dy)))(tf.zeros(shape));
      });
      const values = await gradient.data<"float32">();
      gradient.dispose();
      return values;
    };
    const expected = await gradient();
    await asOnGpu(async () => {
      assertNear("the gradient", await gradient(), expected, 1e-5);
    });
  });
}
