/** Sums of few rows are those of stock tfjs, to the bit. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { registerWasmBackend, WASM_BACKEND } from "../../../backend/wasm/register.ts";

registerWasmBackend();

const float = fc.float({ noNaN: true, min: -1e6, max: 1e6 });

Deno.test("a small matrix is summed over its rows as stock tfjs sums it", async () => {
  const shapes = fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 33 })).map(([r, c]) => [r + 1, c + 1]);
  const matrices = shapes.chain(([rows, columns]) =>
    fc.array(float, { minLength: rows * columns, maxLength: rows * columns }).map((values) => ({
      rows,
      columns,
      values,
    }))
  );
  await fc.assert(fc.asyncProperty(matrices, async ({ rows, columns, values }) => {
    const sums: Float32Array[] = [];
    for (const backend of ["cpu", WASM_BACKEND]) {
      await tf.setBackend(backend);
      sums.push(
        tf.tidy(() => tf.sum(tf.tensor2d(values, [rows, columns]), 0).dataSync<"float32">()),
      );
    }
    assert.deepEqual(sums[1], sums[0]);
  }));
});

Deno.test("sums over other dimensions, of integers and of nothing are those of stock tfjs", async () => {
  await tf.setBackend(WASM_BACKEND);
  tf.tidy(() => {
    const x = tf.tensor2d([[1, 2, 3], [4, 5, 6]]);
    assert.deepEqual([...tf.sum(x, 1).dataSync()], [6, 15]);
    assert.deepEqual([...tf.sum(x).dataSync()], [21]);
    assert.deepEqual(tf.sum(x, 0, true).arraySync(), [[5, 7, 9]]);
    assert.deepEqual(tf.sum(tf.cast(x, "int32"), 0).arraySync(), [5, 7, 9]);
    assert.deepEqual(tf.sum(tf.zeros([0, 3]), 0).arraySync(), [0, 0, 0]);
  });
});
