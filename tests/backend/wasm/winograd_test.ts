/** Filter gradients of so many tiles that they are transformed and multiplied in rounds. */
import * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../../../backend/wasm/backend.ts";
import { Kernel } from "../../../backend/wasm/generated_abi.ts";
import { assertNear, noise } from "../compare.ts";
import { WASM } from "./subject.ts";
import assert from "node:assert/strict";

/** How often `compute` starts a kernel. */
function startsOf(kernel: { number: number }, compute: () => void): number {
  const { pool } = tf.backend() as WasmBackend, { run } = pool;
  let count = 0;
  pool.run = (started, ...rest) => {
    if (started.number === kernel.number) count++;
    run.call(pool, started, ...rest);
  };
  try {
    compute();
  } finally {
    pool.run = run;
  }
  return count;
}

WASM.test("a filter's gradient in several rounds is the sum of those of single photos", async () => {
  // Photos of 24×24 tiles, some of which stick out; of four photos the last round is the longest.
  for (const [batch, side, C, N] of [[4, 95, 16, 24], [3, 94, 24, 16]]) {
    const x = noise([batch, side, side, C], 1), dy = noise([batch, side, side, N], 2);
    const gradientOf = (first: number, count: number) =>
      tf.tidy(() => {
        const slice = (t: tf.Tensor) =>
          tf.slice(t, [first, 0, 0, 0], [count, -1, -1, -1]) as tf.Tensor4D;
        const shape: [number, number, number, number] = [3, 3, C, N];
        const apply = (w: tf.Tensor) => tf.conv2d(slice(x), w as tf.Tensor4D, 1, 1);
        return tf.grad(apply)(tf.zeros(shape), slice(dy));
      });
    let whole: tf.Tensor;
    const starts = startsOf(Kernel.winogradPosition, () => whole = gradientOf(0, batch));
    assert(starts > 1, `${starts} rounds`);
    const sum = tf.tidy(() => {
      const parts = Array.from({ length: batch }, (_, i) => gradientOf(i, 1));
      return parts.reduce((a, b) => tf.add(a, b));
    });
    const name = `of ${batch} photos of ${side}×${side}×${C} for ${N} channels`;
    assertNear(name, await whole!.data<"float32">(), await sum.data<"float32">(), 1e-4);
    assert.equal(startsOf(Kernel.winogradPosition, () => gradientOf(0, 1).dispose()), 1);
    tf.dispose([x, dy, whole!, sum]);
  }
});
