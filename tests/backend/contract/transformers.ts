/** What transformers and ConvNeXt are made of. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { addBias } from "../../../backend/ops/add_bias.ts";
import { attention } from "../../../backend/ops/attention.ts";
import { gelu } from "../../../backend/ops/gelu.ts";
import { layerNorm } from "../../../backend/ops/layer_norm.ts";
import { layerScale } from "../../../backend/ops/layer_scale.ts";
import { linear } from "../../../backend/ops/linear.ts";
import { stochasticDepth } from "../../../backend/ops/stochastic_depth.ts";
import { windowAttention } from "../../../backend/ops/window_attention.ts";
import { noise, withGradients } from "../compare.ts";
import type { Subject } from "./subject.ts";

export function transformersContract(subject: Subject): void {
  const more = [[1, 1, 8], [3, 7, 5, 96], [4, 50, 192], [2, 1]];
  layerNormContract(subject, subject.shapes([[2, 5, 24], [6, 7]], more));

  subject.test("layer norm keeps its precision far from zero", async () => {
    const [y] = await subject.valuesOf(() => {
      const x = tf.add(tf.mul(noise([3, 64], 1), 0.01), 100);
      return [layerNorm(x, tf.ones([64]), tf.zeros([64]), 1e-6)];
    });
    for (let row = 0; row < 3; row++) {
      const values = y.subarray(row * 64, (row + 1) * 64);
      const mean = values.reduce((a, b) => a + b, 0) / 64;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 64;
      assert.ok(Math.abs(mean) < 1e-2, `mean ${mean}`);
      assert.ok(Math.abs(variance - 1) < 0.05, `variance ${variance}`);
    }
  });

  subject.test("GELU and its slope are those of a normal distribution's integral", async () => {
    const xs = Float32Array.from({ length: 1003 }, (_, i) => (i - 501) / 50);
    const [y, slope] = await subject.valuesOf(() => {
      const x = tf.tensor1d(xs);
      return [gelu(x), tf.grad((x) => tf.sum(gelu(x)))(x)];
    });
    const exact = Array.from(xs, (x) => x * normalShare(x));
    const slopes = Array.from(
      xs,
      (x) => normalShare(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI),
    );
    exact.forEach((value, i) => assert.ok(Math.abs(y[i] - value) < 2e-6, `${xs[i]}: ${y[i]}`));
    slopes.forEach((value, i) => assert.ok(Math.abs(slope[i] - value) < 2e-6, `${xs[i]}`));
  });

  subject.test("GELU by tanh, and its slope, are the composition's", async () => {
    for (const size of [3, 1000]) {
      await subject.agreesWithStock(
        `GELU by tanh of ${size} values`,
        () => withGradients([tf.mul(noise([size], 1), 6)], (x) => gelu(x, "tanh")),
      );
    }
  });

  subject.test("a branch that some photos go without, and its gradients, are the composition's", async () => {
    for (const shape of subject.shapes([[3, 2, 2, 8], [2, 5]], [[4, 7, 7, 24], [3, 1, 1]])) {
      await subject.agreesWithStock(`stochastic depth of [${shape}]`, () => {
        const factors = tf.tensor([1.25, 0, 1.25, 0].slice(0, shape[0]), [
          shape[0],
          ...shape.slice(1).map(() => 1),
        ]);
        return withGradients(
          [noise(shape, 1), noise(shape, 2)],
          (branch, x) => stochasticDepth(branch, x, factors),
        );
      });
    }
  });

  subject.test("GELU lets no number that is none pass for one", async () => {
    const [y] = await subject.valuesOf(
      () => [gelu(tf.tensor1d([NaN, 1e30, -1e30, 0, 1, 2, 3, NaN]))],
    );
    assert.ok(Number.isNaN(y[0]) && Number.isNaN(y[7]));
    assert.equal(y[1], Math.fround(1e30));
    assert.ok(Math.abs(y[2]) < 1e24 && y[3] === 0);
  });

  attentionContract(
    subject,
    subject.shapes([[2, 5, 2, 8], [1, 19, 1, 64]], [
      [1, 1, 1, 8],
      [1, 17, 3, 64],
      [3, 50, 2, 16],
      [1, 197, 3, 24],
      [1, 300, 1, 8],
      [2, 7, 2, 5],
    ]),
  );

  subject.test("attention of large scores does not overflow", async () => {
    const depth = 8, tokens = 9;
    const values = (scale: number) => tf.mul(noise([1, tokens, 3 * depth], 6), scale);
    const [y, gradient] = await subject.valuesOf(() =>
      withGradients([values(200)], (x) => attention(x as tf.Tensor3D, 1))
    );
    assert.ok([...y, ...gradient].every(Number.isFinite));
  });

  subject.test("heads that the channels cannot be divided among are refused", () => {
    assert.throws(() => attention(tf.zeros([1, 2, 24]), 3), /queries, keys and values of 3 heads/);
    return Promise.resolve();
  });

  windowAttentionContract(
    subject,
    subject.shapes([[2, 2, 2, 1, 2, 8]], [
      // As swin_t has them: several, and one that is the map.
      [1, 3, 2, 1, 7, 32],
      [3, 1, 1, 2, 7, 16],
      // Several chunks of a head.
      [9, 1, 2, 3, 2, 8],
      // One row of windows is moved along itself alone.
      [1, 1, 3, 2, 4, 8],
      [2, 3, 2, 2, 3, 5],
    ]),
  );

  subject.test("moved windows join nothing from opposite sides of a photo", async () => {
    const [whole, withoutTop] = await subject.valuesOf(() => {
      const qkv = noise([1, 8, 8, 24], 3), table = noise([49, 1], 4) as tf.Tensor2D;
      const top = tf.concat([tf.ones([1, 2, 8, 24]), tf.zeros([1, 6, 8, 24])], 1);
      // The last two rows share windows with the first two.
      return [qkv, tf.sub(qkv, tf.mul(qkv, top))].map((x) => {
        const y = windowAttention(x as tf.Tensor4D, table, { side: 4, shift: 2 });
        return tf.slice(y, [0, 6, 0, 0], [1, 2, 8, 8]);
      });
    });
    whole.forEach((value, i) => assert.ok(Math.abs(value - withoutTop[i]) < 1e-6, `value ${i}`));
  });

  subject.test("windows that do not fill a map, and tables of others, are refused", () => {
    const table = (entries: number) => tf.zeros([entries, 2]) as tf.Tensor2D;
    const on = (height: number, channels: number, entries: number) => () =>
      windowAttention(tf.zeros([1, height, 4, channels]), table(entries), { side: 2, shift: 1 });
    assert.throws(on(5, 24, 9), /2×2 tokens do not fill 5×4/);
    assert.throws(on(4, 24, 16), /other biases than 16/);
    assert.throws(on(4, 21, 9), /queries, keys and values of 2 heads/);
    return Promise.resolve();
  });

  linearContract(
    subject,
    subject.shapes([[2, 3, 8, 16], [1, 5, 3, 7]], [
      [1, 1, 5, 3],
      [4, 50, 24, 7],
      [2, 197, 96, 384],
      [1, 60, 400, 24],
    ]),
  );

  subject.test("biases and factors of channels, and their gradients, are the composition's", async () => {
    for (const shape of subject.shapes([[2, 4, 3, 8]], [[1, 1, 1, 5], [2, 9, 9, 96], [700, 33]])) {
      const channels = shape.at(-1)!;
      for (const operation of [addBias, layerScale]) {
        await subject.agreesWithStock(`${operation.name} of [${shape}]`, () =>
          withGradients(
            [noise(shape, 1), noise([channels], 2)],
            (x, vector) => operation(x, vector as tf.Tensor1D),
          ));
      }
    }
  });

  subject.test("convolutions of patches, their biases and gradients are stock tfjs's", async () => {
    for (const [side, patch] of subject.shapes([[8, 4]], [[32, 16], [29, 14], [6, 2]])) {
      await subject.agreesWithStock(`patches of ${patch} from ${side}`, () =>
        withGradients(
          [noise([2, side, side, 3], 1), noise([patch, patch, 3, 16], 2), noise([16], 3)],
          (x, filter, bias) =>
            addBias(
              tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, patch, 0),
              bias as tf.Tensor1D,
            ),
        ));
    }
  });

  subject.test("a depthwise convolution of 7×7 and its gradients are stock tfjs's", async () => {
    for (const [side, channels] of subject.shapes([[9, 8]], [[7, 24], [14, 96], [3, 5]])) {
      await subject.agreesWithStock(`7×7 over ${side}×${side}×${channels}`, () =>
        withGradients(
          [noise([2, side, side, channels], 1), noise([7, 7, channels, 1], 2)],
          (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 3),
        ));
    }
  });
}

export function layerNormContract(subject: Subject, shapes: number[][]): void {
  subject.test("layer norm and its gradients are the composition's", async () => {
    for (const shape of shapes) {
      const channels = shape.at(-1)!;
      await subject.agreesWithStock(`layer norm of [${shape}]`, () =>
        withGradients(
          [noise(shape, 1), noise([channels], 2), noise([channels], 3)],
          (x, weight, bias) => layerNorm(x, weight as tf.Tensor1D, bias as tf.Tensor1D, 1e-6),
        ));
    }
  });
}

/** @param cases batch, tokens, heads and depth of a head */
export function attentionContract(subject: Subject, cases: number[][]): void {
  subject.test("attention and its gradient are the composition's", async () => {
    for (const [batch, tokens, heads, depth] of cases) {
      const qkv = () => tf.mul(noise([batch, tokens, 3 * heads * depth], 5), 2);
      await subject.agreesWithStock(
        `attention of ${tokens} tokens, ${heads} heads of ${depth}`,
        () => withGradients([qkv()], (x) => attention(x as tf.Tensor3D, heads)),
      );
    }
  });
}

/** @param cases batch, windows down and across, heads, side of a window and depth of a head */
export function windowAttentionContract(subject: Subject, cases: number[][]): void {
  subject.test("attention within windows and its gradients are the composition's", async () => {
    for (const [batch, rows, columns, heads, side, depth] of cases) {
      for (const shift of [0, Math.floor(side / 2)]) {
        const shape = [batch, rows * side, columns * side, 3 * heads * depth];
        await subject.agreesWithStock(
          `windows of ${side} moved by ${shift} on [${shape}], ${heads} heads`,
          () =>
            withGradients(
              [tf.mul(noise(shape, 5), 2), noise([(2 * side - 1) ** 2, heads], 6)],
              (x, table) =>
                windowAttention(x as tf.Tensor4D, table as tf.Tensor2D, { side, shift }),
            ),
        );
      }
    }
  });
}

/** @param cases batch, tokens, and channels before and behind */
export function linearContract(subject: Subject, cases: number[][]): void {
  subject.test("a linear layer over many rows and its gradients are the composition's", async () => {
    for (const [batch, tokens, from, to] of cases) {
      await subject.agreesWithStock(
        `${batch}·${tokens} rows of ${from} to ${to}`,
        () =>
          withGradients(
            [noise([batch, tokens, from], 1), noise([from, to], 2), noise([to], 3)],
            (x, weight, bias) => linear(x, weight as tf.Tensor2D, bias as tf.Tensor1D),
          ),
      );
    }
  });
}

/** Φ(x) in double precision, by its power series, and by 1 - its tail where that is slow. */
function normalShare(x: number): number {
  const density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI), z = Math.abs(x);
  if (z > 5) {
    // A continued fraction of the tail.
    let fraction = z;
    for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
    return x < 0 ? density / fraction : 1 - density / fraction;
  }
  let term = x, sum = x;
  for (let k = 1; k < 120; k++) {
    term *= x * x / (2 * k + 1);
    sum += term;
  }
  return 0.5 + sum * density;
}
