import * as tf from "@tensorflow/tfjs";
import { noise, withGradients } from "../compare.ts";
import { normalized } from "./lazy.ts";
import type { Subject } from "./subject.ts";

export interface DepthwiseCase {
  input: [number, number, number, number];
  kernel: [number, number];
  stride?: number | [number, number];
  pad?: number | "same" | "valid";
}

/** One of each kind: vectors or single channels, each stride and padding. */
const OF_EACH_KIND: DepthwiseCase[] = [
  { input: [2, 7, 9, 16], kernel: [3, 3], pad: 1 },
  { input: [2, 7, 9, 17], kernel: [3, 3], pad: 1 },
  { input: [1, 7, 15, 5], kernel: [3, 3], pad: "same" },
  { input: [1, 9, 7, 17], kernel: [3, 3], stride: 2, pad: 1 },
  { input: [4, 10, 9, 8], kernel: [3, 3], stride: 2, pad: "same" },
  { input: [2, 11, 10, 12], kernel: [5, 5], stride: 2, pad: 2 },
  { input: [1, 8, 8, 8], kernel: [3, 3], stride: 3 },
  { input: [1, 6, 7, 8], kernel: [2, 3], stride: [1, 2] },
  { input: [1, 4, 4, 8], kernel: [3, 3], pad: 3 },
  { input: [1, 1, 1, 8], kernel: [3, 3], pad: 1 },
  { input: [7, 3, 3, 32], kernel: [1, 1] },
  { input: [2, 56, 56, 24], kernel: [3, 3], stride: 2, pad: 1 },
];

const MORE: DepthwiseCase[] = [
  ...[1, 3, 5, 24].map((channels): DepthwiseCase => ({
    input: [2, 7, 9, channels],
    kernel: [3, 3],
    pad: 1,
  })),
  { input: [1, 5, 5, 960], kernel: [3, 3], pad: 1 },
  { input: [3, 8, 8, 24], kernel: [3, 3], stride: 2, pad: 1 },
  { input: [2, 11, 10, 16], kernel: [5, 5], pad: "same" },
  { input: [1, 60, 90, 32], kernel: [3, 3], pad: 1 },
];

export function depthwiseContract(subject: Subject): void {
  depthwiseConvolutionsContract(subject, subject.shapes(OF_EACH_KIND, MORE));

  subject.test("a depthwise convolution beside a shortcut: the gradients of both", async () => {
    for (const [size, channels] of [[3, 16], [5, 17]]) {
      for (const activation of ["relu", "hardSwish", "linear"] as const) {
        await subject.agreesWithStock(`${size}×${size} behind ${activation}`, () => {
          const x = noise([2, 9, 7, channels], 1), filter = noise([size, size, channels, 1], 2);
          return withGradients([x, filter], (x, filter) => {
            const y = normalized(x, activation), pad = (size - 1) / 2;
            return tf.add(tf.depthwiseConv2d(y, filter as tf.Tensor4D, 1, pad), y);
          });
        }, 1e-4);
      }
    }
  });

  subject.test("depthwise convolutions between batch norms, of many channels and few", async () => {
    const shapes = subject.shapes([[24, 2]], [[200, 1], [200, 2], [24, 1]]);
    for (const [channels, stride] of shapes) {
      for (const activation of ["relu6", "silu", "linear"] as const) {
        await subject.agreesWithStock(
          `${channels} channels, stride ${stride}, ${activation}`,
          () => {
            const x = noise([2, 6, 8, channels], 1), filter = noise([3, 3, channels, 1], 2);
            return withGradients([x, filter], (x, filter) => {
              const y = normalized(x, activation);
              return normalized(tf.depthwiseConv2d(y, filter as tf.Tensor4D, stride, 1), "relu6");
            });
          },
          1e-4,
        );
      }
    }
  });

  subject.test(
    "a depthwise convolution with dilation or two filters a channel agrees with stock tfjs",
    async () => {
      await subject.agreesWithStock("depthwise", () => {
        const x = noise([2, 11, 10, 9], 1) as tf.Tensor4D;
        const filter = noise([3, 3, 9, 1], 2) as tf.Tensor4D;
        return [
          tf.depthwiseConv2d(x, filter, 1, "same", "NHWC", [2, 2]),
          tf.depthwiseConv2d(x, filter, 1, "valid", "NHWC", [3, 3]),
          tf.depthwiseConv2d(x, noise([3, 3, 9, 2], 3) as tf.Tensor4D, 2, 1),
        ];
      });
    },
  );
}

export function depthwiseConvolutionsContract(subject: Subject, cases: DepthwiseCase[]): void {
  for (const { input, kernel, stride = 1, pad = "valid" } of cases) {
    const what = `depthwise convolution of [${input}] by ${kernel.join("×")}, stride ${stride}, ` +
      `padding ${pad}`;
    subject.test(`${what}, and both gradients, agree with stock tfjs`, async () => {
      await subject.agreesWithStock(what, () => {
        const x = noise(input, 1);
        const filter = noise([...kernel, input[3], 1], 2);
        return withGradients(
          [x, filter],
          (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
        );
      });
    });
  }
}
