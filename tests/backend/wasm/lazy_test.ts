/** When tensors are lazy here, and what they hold. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { BatchNormVariables } from "../../../backend/ops/batch_norm.ts";
import { batchNormInference } from "../../../backend/ops/batch_norm_inference.ts";
import { batchNormTrain } from "../../../backend/ops/batch_norm_train.ts";
import { sgdMomentum } from "../../../backend/ops/sgd_momentum.ts";
import { softmaxCrossEntropy } from "../../../backend/ops/softmax_cross_entropy.ts";
import type { WasmBackend } from "../../../backend/wasm/backend.ts";
import { registerWasmBackend, WASM_BACKEND } from "../../../backend/wasm/register.ts";
import { noise } from "../compare.ts";
import { variables } from "../contract/epilogue.ts";
import { convolve, FILTERS, normalized } from "../contract/lazy.ts";

registerWasmBackend();

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

/** How many kernels are started until a value is read. */
function kernelCalls({ pool }: WasmBackend, compute: () => tf.Tensor): number {
  const run = pool.run;
  let count = 0;
  pool.run = (...call) => (count++, run.apply(pool, call));
  try {
    tf.tidy(() => void compute().dataSync());
  } finally {
    pool.run = run;
  }
  return count;
}

Deno.test("what follows a convolution in inference takes no kernel call of its own", async () => {
  const wasm = await backend();
  const x = noise([1, 21, 22, 16], 1) as tf.Tensor4D, bn = variables(16);
  const bias = noise([16], 3), residual = noise([1, 21, 22, 16], 4) as tf.Tensor4D;
  for (const shape of Object.values(FILTERS)) {
    const weights = noise(shape, 2) as tf.Tensor4D;
    const z = () => convolve(x, weights);
    // From the third time on the filter is packed.
    for (let warm = 0; warm < 2; warm++) tf.tidy(() => void z());
    const alone = kernelCalls(wasm, z);
    const following = [
      () => batchNormInference(z(), bn, { activation: "relu6", residual }),
      () => tf.relu(tf.add(z(), bias)),
      () => tf.relu6(tf.add(residual, tf.batchNorm(z(), bn.runningMean, bn.runningVariance))),
    ];
    for (const compute of following) {
      tf.tidy(() => void compute().dataSync()); // running buffers are folded once, and stay
      assert.equal(kernelCalls(wasm, compute), alone, compute.toString());
    }
    weights.dispose();
  }
  tf.dispose([x, { ...bn }, bias, residual]);
});

Deno.test("in inference a 1×1 and the depthwise convolution behind it are one kernel", async () => {
  const wasm = await backend();
  const x = noise([1, 21, 22, 16], 1) as tf.Tensor4D, bn = variables(24);
  const wide = noise([1, 1, 16, 24], 2) as tf.Tensor4D, deep = noise([3, 3, 24, 1], 3);
  const compute = () =>
    convolve(
      batchNormInference(convolve(x, wide), bn, { activation: "relu6" }),
      deep as tf.Tensor4D,
    );
  // The third time nothing is packed or folded any more.
  for (let warm = 0; warm < 2; warm++) tf.tidy(() => void compute().dataSync());
  assert.equal(kernelCalls(wasm, compute), 1);
  tf.dispose([x, wide, deep, { ...bn }]);
});

Deno.test("inference follows every change of what it normalises by", async () => {
  await backend();
  const x = noise([2, 5, 5, 16], 1) as tf.Tensor4D;
  type Vector = tf.Variable<tf.Rank.R1>;
  const copies = ({ weight, bias, runningMean, runningVariance }: BatchNormVariables) => ({
    weight: tf.variable(weight) as Vector,
    bias: tf.variable(bias) as Vector,
    runningMean: tf.variable(runningMean) as Vector,
    runningVariance: tf.variable(runningVariance) as Vector,
  });
  const bn = copies(variables(16));
  const predicted = (given: typeof bn) => tf.tidy(() => batchNormInference(x, given).dataSync());
  /** By other tensors with the same values, for which nothing can have been kept. */
  const expected = () => {
    const others = copies(bn);
    const values = predicted(others);
    tf.dispose(others);
    return values;
  };
  const gradient = noise([16], 2), buffer = tf.variable(noise([16], 3)), lr = tf.scalar(0.1);
  const descend = (variable: tf.Variable) => sgdMomentum([variable], [gradient], [buffer], lr, 0.9);
  const changes = [
    () => descend(bn.weight),
    () => descend(bn.bias),
    () => void tf.tidy(() => batchNormTrain(x, bn).dataSync()),
    () => bn.weight.assign(noise([16], 4) as tf.Tensor1D),
    () => bn.runningVariance.assign(tf.abs(noise([16], 5) as tf.Tensor1D)),
  ];
  let before = predicted(bn);
  for (const change of changes) {
    change();
    const after = predicted(bn);
    assert.notDeepEqual(after, before, change.toString());
    assert.deepEqual(after, expected(), change.toString());
    before = after;
  }
});

Deno.test("a convolution that nobody reads is not computed, and frees what it holds", async () => {
  const wasm = await backend();
  const bytes = wasm.heap.bytesInUse;
  const x = noise(SHAPE, 1) as tf.Tensor4D, weights = noise([1, 1, 16, 8], 5) as tf.Tensor4D;
  const y = tf.conv2d(x, weights, 1, 0), z = tf.relu(y);
  assert.equal(wasm.dataOf(z).lazy?.kind, "deferred");
  for (const tensor of [x, y, weights, z]) tensor.dispose();
  assert.equal(wasm.heap.bytesInUse, bytes);
});

Deno.test("a training step computes the same bits after a prediction as without it", async () => {
  await backend();
  const x = noise([2, 21, 22, 16], 1) as tf.Tensor4D;
  for (const shape of Object.values(FILTERS)) {
    const weights = noise(shape, 2) as tf.Tensor4D;
    const train = () => tf.tidy(() => normalized(convolve(x, weights)).dataSync());
    const before = train();
    tf.tidy(() => void batchNormInference(convolve(x, weights), variables(16)).dataSync());
    assert.deepEqual(train(), before);
    weights.dispose();
  }
  x.dispose();
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
