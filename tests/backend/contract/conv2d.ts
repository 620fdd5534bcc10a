import * as tf from "@tensorflow/tfjs";
import { noise, withGradients } from "../compare.ts";
import type { Subject } from "./subject.ts";

export interface Conv2dCase {
  /** [batch, height, width, channels] */
  input: [number, number, number, number];
  filters: number;
  kernel: [number, number];
  stride?: number | [number, number];
  pad?: number | "same" | "valid";
}

/** One of each kind: vectors or single channels, so many a thread, whole or cut off, each window. */
const OF_EACH_KIND: Conv2dCase[] = [
  // Matrix products.
  { input: [1, 5, 7, 16], filters: 24, kernel: [1, 1] },
  { input: [1, 3, 3, 17], filters: 64, kernel: [1, 1] },
  { input: [1, 5, 7, 33], filters: 24, kernel: [1, 1] },
  { input: [1, 5, 7, 24], filters: 72, kernel: [1, 1] },
  { input: [3, 4, 5, 6], filters: 1, kernel: [1, 1] },
  { input: [3, 4, 5, 6], filters: 17, kernel: [1, 1] },
  { input: [3, 4, 5, 6], filters: 40, kernel: [1, 1] },
  { input: [2, 9, 9, 960], filters: 17, kernel: [1, 1] },
  { input: [7, 1, 1, 20], filters: 10, kernel: [1, 1] },
  { input: [1, 9, 9, 96], filters: 136, kernel: [1, 1] },
  { input: [2, 7, 6, 16], filters: 24, kernel: [1, 1], stride: 2 },
  { input: [2, 7, 6, 5], filters: 3, kernel: [1, 1], stride: 3 },
  { input: [1, 5, 5, 4], filters: 4, kernel: [1, 1], pad: 1 },
  // Windows, with every kind of padding and stride.
  { input: [1, 7, 7, 3], filters: 8, kernel: [3, 3] },
  { input: [3, 9, 8, 5], filters: 17, kernel: [3, 3], pad: 1 },
  { input: [2, 8, 9, 16], filters: 16, kernel: [3, 3], pad: "same" },
  { input: [2, 9, 9, 17], filters: 5, kernel: [3, 3], stride: 2, pad: 1 },
  { input: [2, 10, 9, 4], filters: 24, kernel: [3, 3], stride: 2, pad: "same" },
  { input: [1, 17, 16, 3], filters: 12, kernel: [7, 7], stride: 2, pad: 3 },
  { input: [1, 12, 11, 3], filters: 8, kernel: [5, 3], stride: [2, 1], pad: "same" },
  { input: [1, 6, 6, 1], filters: 4, kernel: [2, 2], stride: 3 },
  { input: [1, 5, 4, 24], filters: 1, kernel: [3, 3], pad: 3 },
  { input: [1, 2, 2, 8], filters: 8, kernel: [3, 3], stride: 2, pad: 1 },
  { input: [1, 5, 6, 64], filters: 64, kernel: [3, 3], stride: 2, pad: 1 },
  { input: [1, 5, 6, 104], filters: 72, kernel: [3, 3], pad: 1 },
];

const MORE: Conv2dCase[] = [
  // Every tail of channels and rows.
  ...[1, 3, 5, 17, 24].map((channels): Conv2dCase => ({
    input: [1, 5, 7, channels],
    filters: 24,
    kernel: [1, 1],
  })),
  ...[3, 5, 8, 16].map((filters): Conv2dCase => ({
    input: [3, 4, 5, 6],
    filters,
    kernel: [1, 1],
  })),
  { input: [1, 3, 3, 17], filters: 960, kernel: [1, 1] },
  { input: [4, 30, 31, 24], filters: 32, kernel: [1, 1] },
  { input: [2, 11, 12, 6], filters: 9, kernel: [5, 5], pad: 2 },
  { input: [1, 4, 4, 3], filters: 2, kernel: [3, 3], pad: 2 },
  { input: [2, 15, 14, 32], filters: 32, kernel: [3, 3], pad: 1 },
  { input: [1, 14, 14, 64], filters: 64, kernel: [3, 3], stride: 2, pad: 1 },
  // Enough tiles for Winograd's algorithm, whole and cut off at each border.
  { input: [2, 16, 16, 16], filters: 16, kernel: [3, 3], pad: 1 },
  { input: [3, 13, 15, 24], filters: 16, kernel: [3, 3], pad: 1 },
  { input: [2, 15, 14, 16], filters: 40, kernel: [3, 3] },
  { input: [2, 13, 14, 32], filters: 24, kernel: [3, 3], pad: 2 },
  { input: [7, 7, 7, 16], filters: 16, kernel: [3, 3], pad: "same" },
  // Its filter is large: position by position.
  { input: [3, 11, 10, 104], filters: 72, kernel: [3, 3], pad: 1 },
];

export function conv2dContract(subject: Subject): void {
  convolutionsContract(subject, subject.shapes(OF_EACH_KIND, MORE));

  subject.test(
    "conv2d with dilation, explicit padding or another rounding agrees with stock tfjs",
    async () => {
      await subject.agreesWithStock("conv2d", () => {
        const x = noise([2, 11, 10, 5], 1) as tf.Tensor4D;
        const filter = noise([3, 3, 5, 9], 2) as tf.Tensor4D;
        return [
          tf.conv2d(x, filter, 1, "same", "NHWC", [2, 2]),
          tf.conv2d(x, filter, 1, "valid", "NHWC", [2, 3]),
          tf.conv2d(x, filter, 2, [[0, 0], [2, 1], [0, 3], [0, 0]]),
          tf.conv2d(x, filter, 2, 1, "NHWC", 1, "ceil"),
        ];
      });
    },
  );

  subject.test("conv2d of channels-first images agrees with stock tfjs", async () => {
    await subject.agreesWithStock("conv2d", () => {
      const x = noise([2, 3, 6, 6], 1) as tf.Tensor4D;
      const filter = noise([3, 3, 3, 4], 2) as tf.Tensor4D;
      return [tf.conv2d(x, filter, 1, "same", "NCHW")];
    });
  });
}

export function convolutionsContract(subject: Subject, cases: Conv2dCase[]): void {
  for (const { input, filters, kernel, stride = 1, pad = "valid" } of cases) {
    const what = `conv2d of [${input}] by ${filters} filters of ${kernel.join("×")}, ` +
      `stride ${stride}, padding ${pad}`;
    subject.test(`${what}, and both gradients, agree with stock tfjs`, async () => {
      await subject.agreesWithStock(what, () => {
        const x = noise(input, 1);
        const filter = noise([...kernel, input[3], filters], 2);
        return withGradients(
          [x, filter],
          (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
        );
      });
    });
  }
}
