import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { readTensors } from "../../../backend/ops/read_tensors.ts";
import { sgdMomentum } from "../../../backend/ops/sgd_momentum.ts";
import { noise } from "../compare.ts";
import { WEBGPU } from "./subject.ts";

WEBGPU.test("tensors are read together, whether on the GPU, on the CPU, read before or changed in place", async () => {
  const onCpu = tf.tensor1d([1, 2, 3]);
  const computed = noise([5, 7], 1);
  const product = tf.matMul(computed as tf.Tensor2D, computed as tf.Tensor2D, false, true);
  const variable = tf.variable(tf.zeros([3, 5])), momentum = tf.variable(tf.zeros([3, 5]));
  const step = () =>
    tf.tidy(() => sgdMomentum([variable], [tf.ones([3, 5])], [momentum], 0.5, 0.9));
  step();
  await variable.data();
  step();
  const tensors = [onCpu, product, variable, momentum, tf.scalar(7)];
  const together = await readTensors(tensors);
  assert.deepEqual([...together[0]], [1, 2, 3]);
  assert.deepEqual(together[1], await product.data());
  assert.deepEqual([...together[2]], Array(15).fill(-(0.5 + 0.5 * 1.9)).map(Math.fround));
  assert.deepEqual([...together[3]], Array(15).fill(1.9).map(Math.fround));
  assert.deepEqual([...together[4]], [7]);
  step();
  assert.equal(together[2][0], Math.fround(-1.45), "copies");
  assert.deepEqual(await readTensors([]), []);
  tf.dispose([...tensors, computed]);
});
