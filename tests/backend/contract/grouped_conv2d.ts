import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { groupedConv2d } from "../../../backend/ops/grouped_conv2d.ts";
import { noise, withGradients } from "../compare.ts";
import { normalized } from "./lazy.ts";
import type { Subject } from "./subject.ts";

export interface GroupedCase {
  input: [number, number, number, number];
  groups: number;
  filters: number;
  kernel?: [number, number];
  strides?: number;
  pad?: number | "same" | "valid";
}

/** As RegNet has them, with and without the stride; groups of other sizes, windows and padding. */
const OF_EACH_KIND: GroupedCase[] = [
  { input: [2, 7, 9, 24], groups: 3, filters: 24, pad: 1 },
  { input: [2, 9, 8, 16], groups: 2, filters: 16, strides: 2, pad: 1 },
  { input: [1, 6, 7, 32], groups: 2, filters: 48, pad: "same" },
  { input: [1, 11, 10, 16], groups: 2, filters: 32, kernel: [5, 3], strides: 3 },
  { input: [1, 5, 6, 16], groups: 2, filters: 16, kernel: [1, 1], strides: 2 },
  // In threes, which are composed.
  { input: [2, 5, 5, 9], groups: 3, filters: 6, pad: 1 },
];

const MORE: GroupedCase[] = [
  { input: [1, 1, 1, 16], groups: 2, filters: 16, pad: 1 },
  { input: [1, 4, 4, 8], groups: 1, filters: 8, pad: 3 },
  { input: [3, 8, 8, 48], groups: 2, filters: 16, strides: 2, pad: "same" },
  { input: [2, 3, 4, 104], groups: 13, filters: 104, pad: 1 },
  // In several bands, of the outputs and of the input's gradient.
  { input: [1, 137, 31, 16], groups: 2, filters: 16, kernel: [3, 1], pad: "same" },
  { input: [1, 61, 71, 16], groups: 2, filters: 16, strides: 2, pad: 1 },
  { input: [2, 6, 5, 24], groups: 3, filters: 24, kernel: [2, 4], strides: 3, pad: "same" },
  { input: [7, 2, 1, 112], groups: 2, filters: 112, pad: 1 },
];

export function groupedConv2dContract(subject: Subject): void {
  groupedConvolutionsContract(subject, subject.shapes(OF_EACH_KIND, MORE));

  subject.test(
    "a grouped convolution between batch norms, and every gradient, agree with stock tfjs",
    async () => {
      for (const strides of subject.shapes([2], [1])) {
        await subject.agreesWithStock(`stride ${strides}`, () => {
          const inputs = [
            noise([3, 8, 9, 16], 1),
            noise([3, 3, 8, 16], 2),
            noise([1, 1, 16, 8], 3),
          ];
          return withGradients(inputs, (x, filter, next) => {
            const y = groupedConv2d(
              normalized(x, "relu"),
              filter as tf.Tensor4D,
              { strides, pad: 1 },
            );
            return tf.conv2d(normalized(y, "relu"), next as tf.Tensor4D, 1, 0);
          });
        }, 1e-4);
      }
    },
  );

  subject.test("a grouped convolution is followed by what inference puts behind it", async () => {
    await subject.agreesWithStock("bias, an addition and relu", () => {
      const x = noise([2, 7, 5, 16], 1) as tf.Tensor4D, bias = noise([16], 3);
      const filter = noise([3, 3, 8, 16], 2) as tf.Tensor4D;
      const y = groupedConv2d(x, filter, { strides: 1, pad: 1 });
      return [tf.relu(tf.add(tf.add(y, bias), x)), y];
    });
  });

  subject.test("a filter that cuts channels into no groups is refused by their numbers", async () => {
    await subject.activate();
    tf.tidy(() => {
      const x = noise([1, 4, 4, 24], 1) as tf.Tensor4D;
      const settings = { strides: 1, pad: 1 };
      const convolve = (shape: number[]) =>
        groupedConv2d(x, noise(shape, 2) as tf.Tensor4D, settings);
      assert.throws(() => convolve([3, 3, 10, 24]), /does not cut 24 channels into groups/);
      assert.throws(() => convolve([3, 3, 8, 16]), /its 16 outputs/);
    });
  });
}

export function groupedConvolutionsContract(subject: Subject, cases: GroupedCase[]): void {
  for (const { input, groups, filters, kernel = [3, 3], strides = 1, pad = "valid" } of cases) {
    const what = `convolution of [${input}] in ${groups} groups by ${filters} filters of ` +
      `${kernel.join("×")}, stride ${strides}, padding ${pad}`;
    subject.test(`a ${what}, and both gradients, agree with stock tfjs`, async () => {
      await subject.agreesWithStock(what, () => {
        const filter = noise([...kernel, input[3] / groups, filters], 2);
        return withGradients(
          [noise(input, 1), filter],
          (x, filter) => groupedConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, { strides, pad }),
        );
      });
    });
  }
}
