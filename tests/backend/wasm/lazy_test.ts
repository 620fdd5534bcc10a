/** When tensors are lazy here, and what they hold. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../../../backend/ops.ts";
import type { WasmBackend } from "../../../backend/wasm/backend.ts";
import { WASM_BACKEND } from "../../../backend/wasm/mod.ts";
import { noise } from "../compare.ts";
import { normalized } from "../contract/lazy.ts";

const SHAPE: [number, number, number, number] = [2, 6, 5, 16];

async function backend(): Promise<WasmBackend> {
  await tf.setBackend(WASM_BACKEND);
  return tf.backend() as WasmBackend;
}

Deno.test("batch norm with an activation is lazy, and reading it computes it once", async () => {
  const wasm = await backend();
  tf.tidy(() => {
    const y = normalized(noise(SHAPE, 1));
    assert.equal(wasm.dataOf(y).lazy?.kind, "normalized");
    const first = y.dataSync();
    assert.equal(wasm.dataOf(y).lazy, undefined);
    assert.deepEqual(y.dataSync(), first);
  });
});

Deno.test("a lazy tensor that is never read is freed with all that it holds", async () => {
  const wasm = await backend();
  const tensors = tf.memory().numTensors, bytes = wasm.heap.bytesInUse;
  for (let i = 0; i < 3; i++) {
    const x = noise(SHAPE, 1);
    const y = normalized(x);
    if (i === 1) y.dataSync();
    tf.dispose(i === 2 ? [y, x] : [x, y]);
  }
  assert.equal(tf.memory().numTensors, tensors);
  assert.equal(wasm.heap.bytesInUse, bytes);
});

Deno.test("a convolution leaves batch statistics once a batch norm has used them, whatever comes between", async () => {
  const wasm = await backend();
  tf.tidy(() => {
    const x = noise(SHAPE, 1) as tf.Tensor4D, weights = noise([3, 3, 16, 8], 5) as tf.Tensor4D;
    const leavesStatistics = (use: (y: tf.Tensor) => void) => {
      const y = tf.conv2d(x, weights, 1, 1);
      const left = wasm.dataOf(y).statistics !== undefined;
      use(y);
      y.dispose();
      return left;
    };
    const intoBatchNorm = (y: tf.Tensor) => void normalized(y);
    const elsewhere = (y: tf.Tensor) => void tf.relu(y);
    assert.equal(leavesStatistics(elsewhere), true); // nothing is known of it yet
    assert.equal(leavesStatistics(elsewhere), false);
    assert.equal(leavesStatistics(intoBatchNorm), false);
    assert.equal(leavesStatistics(intoBatchNorm), true);
    // A prediction, after which the next training step must round as it would have without it.
    assert.equal(leavesStatistics(elsewhere), true);
    assert.equal(leavesStatistics(intoBatchNorm), true);
  });
});

Deno.test("values handed out do not change when the memory is used again", async () => {
  await backend();
  const x = tf.tensor1d([1, 2, 3]);
  const values = x.dataSync();
  x.dispose();
  const y = tf.tensor1d([4, 5, 6]);
  assert.deepEqual([...values], [1, 2, 3]);
  y.dispose();
});

Deno.test("a tensor keeps its values when the array that it was made of changes", async () => {
  await backend();
  const values = Float32Array.of(1, 2, 3);
  const x = tf.tensor1d(values);
  values[0] = 9;
  assert.deepEqual([...x.dataSync()], [1, 2, 3]);
  x.dispose();
});

Deno.test("a label that names no class is refused", async () => {
  await backend();
  const logits = tf.zeros([2, 3]) as tf.Tensor2D, labels = tf.tensor1d([0, 3], "int32");
  assert.throws(() => softmaxCrossEntropy(logits, labels), /label 3 of photo 1/);
  tf.dispose([logits, labels]);
});
