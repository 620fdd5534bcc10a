/** A 1×1 convolution, or a stem, and the depthwise one that reads it, which one kernel may compute together. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { batchNormInference } from "../../../backend/ops/batch_norm_inference.ts";
import { noise } from "../compare.ts";
import { variables } from "./epilogue.ts";
import { normalized } from "./lazy.ts";
import type { Subject } from "./subject.ts";

interface Case {
  input: [number, number, number, number];
  /** Channels in between. */
  channels: number;
  /** The first convolution, where it is none of 1×1. */
  stem?: { size: number; stride: number; pad: number | "valid" };
  size?: number;
  stride?: number;
  pad?: number | "same" | "valid";
  dilation?: number;
}

const CASES: Record<string, Case> = {
  "stride 1": { input: [1, 9, 7, 5], channels: 24 },
  "stride 2": { input: [3, 15, 14, 16], channels: 40, stride: 2 },
  "one pixel": { input: [4, 1, 1, 3], channels: 8 },
  "padding wider than the image": { input: [1, 2, 3, 1], channels: 16, size: 5, pad: 4 },
  "no padding": { input: [7, 5, 6, 17], channels: 16, pad: "valid" },
  "an even filter": { input: [1, 8, 9, 16], channels: 24, size: 4, stride: 2, pad: "same" },
  "5×5": { input: [1, 11, 10, 20], channels: 48, size: 5, stride: 2, pad: "same" },
  "dilation": { input: [2, 12, 11, 8], channels: 32, dilation: 3, pad: 3 },
  "many channels, long sums": { input: [1, 7, 7, 320], channels: 960 },
  "several bands": { input: [2, 61, 90, 16], channels: 24, stride: 2 },
  "bands of stride 1": { input: [1, 112, 60, 8], channels: 8 },
  "channels not in eights": { input: [1, 9, 7, 5], channels: 17 },
  "a stem": { input: [2, 33, 29, 3], channels: 32, stem: { size: 3, stride: 2, pad: 1 } },
  "a stem without padding": {
    input: [1, 13, 12, 4],
    channels: 16,
    stride: 2,
    stem: { size: 3, stride: 1, pad: "valid" },
  },
  "a stem of 5×5, several bands": {
    input: [1, 150, 141, 3],
    channels: 24,
    stem: { size: 5, stride: 2, pad: 2 },
  },
};

/** The channels in between, and what becomes of them before the depthwise convolution. */
const BETWEEN: Record<string, (z: tf.Tensor4D) => tf.Tensor4D> = {
  "nothing": (z) => z,
  "batch norm and relu6": (z) =>
    batchNormInference(z, variables(z.shape[3]), { activation: "relu6" }),
  "batch norm and silu": (z) =>
    batchNormInference(z, variables(z.shape[3]), { activation: "silu" }),
  "a bias": (z) => tf.add(z, noise([z.shape[3]], 2)),
  "an addition": (z) => tf.relu(tf.add(z, noise(z.shape, 6))),
};

const BEHIND: Record<string, (z: tf.Tensor4D) => tf.Tensor> = {
  "nothing": (z) => z,
  "batch norm, a residual and relu": (z) =>
    batchNormInference(z, variables(z.shape[3]), {
      activation: "relu",
      residual: noise(z.shape, 6) as tf.Tensor4D,
    }),
  "train-mode batch norm": (z) => normalized(z),
};

export function expansionContract(subject: Subject): void {
  for (const [between, middle] of Object.entries(BETWEEN)) {
    for (const [behind, finish] of Object.entries(BEHIND)) {
      const what = `a 1×1 and a depthwise convolution with ${between} between and ${behind} behind`;
      subject.test(`${what} agree with stock tfjs`, async () => {
        for (const [kind, settings] of Object.entries(CASES)) {
          await subject.agreesWithStock(`${kind}, ${what}`, () => {
            return [finish(depthwise(middle(expand(settings)), settings))];
          }, 1e-4);
        }
      });
    }
  }

  subject.test("what lies between a 1×1 and a depthwise convolution can be read too", async () => {
    const settings = CASES["stride 2"];
    for (const order of ["before", "after"]) {
      await subject.agreesWithStock(`read ${order}`, () => {
        const wide = BETWEEN["batch norm and relu6"](expand(settings));
        if (order === "before") return [tf.neg(wide), depthwise(wide, settings)];
        return [depthwise(wide, settings), tf.neg(wide), depthwise(wide, settings)];
      }, 1e-4);
    }
  });

  subject.test("a depthwise convolution outlives what it reads", async () => {
    const settings = CASES["stride 1"];
    const expected = await subject.valuesOf(() => [depthwise(expand(settings), settings)]);
    const late = tf.tidy(() => depthwise(expand(settings), settings));
    // Memory that would be given to others if it had been released.
    const others = tf.tidy(() => Array.from({ length: 8 }, () => tf.keep(tf.fill([64, 64], 7))));
    assert.deepEqual(await late.data(), expected[0]);
    tf.dispose([late, ...others]);
  });
}

/** Some of these with all that is fused. */
export function expandedConvolutions(): tf.Tensor[] {
  return Object.values(CASES).map((settings) =>
    BEHIND["batch norm, a residual and relu"](
      depthwise(BETWEEN["batch norm and relu6"](expand(settings)), settings),
    )
  );
}

function expand({ input, channels, stem }: Case): tf.Tensor4D {
  const { size, stride, pad } = stem ?? { size: 1, stride: 1, pad: 0 };
  const filter = tf.div(noise([size, size, input[3], channels], 7), size * Math.sqrt(input[3] / 3));
  return tf.conv2d(noise(input, 1) as tf.Tensor4D, filter as tf.Tensor4D, stride, pad);
}

function depthwise(x: tf.Tensor4D, settings: Case): tf.Tensor4D {
  const { size = 3, stride = 1, pad = 1, dilation = 1 } = settings;
  const filter = tf.div(noise([size, size, x.shape[3], 1], 8), size / 2) as tf.Tensor4D;
  return tf.depthwiseConv2d(x, filter, stride, pad, "NHWC", dilation);
}
