/** Products with few rows, whose weights are packed in passing while they are new. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { registerWasmBackend, WASM_BACKEND } from "../../../backend/wasm/register.ts";
import { noise } from "../compare.ts";

registerWasmBackend();
await tf.setBackend(WASM_BACKEND);

Deno.test("a product with few rows is the same, however its weights come to be packed", () => {
  for (const [rows, K, N] of [[1, 512, 8], [4, 300, 24], [8, 77, 168], [3, 1280, 40]]) {
    for (const transposed of [false, true]) {
      const products = tf.tidy(() => {
        const a = noise([rows, K], 1) as tf.Tensor2D;
        const b = noise(transposed ? [N, K] : [K, N], 2) as tf.Tensor2D;
        // New, seen before, and packed.
        const seen = [1, 2, 3].map(() => tf.matMul(a, b, false, transposed).dataSync());
        const among = tf.matMul(tf.concat([a, noise([20, K], 3)]), b, false, transposed);
        return [...seen, among.dataSync().slice(0, rows * N)];
      });
      for (const product of products.slice(1)) assert.deepEqual(product, products[0]);
    }
  }
});
