/** Runs the same computation on the wasm backend and on stock tfjs, which is the oracle. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { WASM_BACKEND } from "../../../backend/wasm/mod.ts";

/** Values of each tensor that `compute` returns on a backend; nothing may be left behind. */
export async function valuesOn(
  backend: string,
  compute: () => tf.Tensor[],
): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const values = tf.tidy(() => compute().map((tensor) => tensor.dataSync<"float32">()));
  assert.equal(tf.memory().numTensors, before, `tensors left behind on ${backend}`);
  return values;
}

/** The wasm backend's values agree with stock tfjs's within float32 rounding of their sums. */
export async function agreesWithStock(
  what: string,
  compute: () => tf.Tensor[],
  tolerance = 2e-5,
): Promise<void> {
  const expected = await valuesOn("cpu", compute);
  const actual = await valuesOn(WASM_BACKEND, compute);
  assert.equal(actual.length, expected.length);
  actual.forEach((values, i) => assertNear(`${what}, result ${i}`, values, expected[i], tolerance));
}

/** |actual - expected| ≤ tolerance · the largest of |expected|. */
export function assertNear(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  assert.equal(actual.length, expected.length, `${what}: number of values`);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]));
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    if (!(error <= tolerance * Math.max(largest, 1e-6))) {
      assert.fail(`${what}: value ${i} of ${expected.length} is ${actual[i]}, not ${expected[i]}`);
    }
  }
}

/** Reproducible values in [-1, 1), different for each seed. */
export function noise(shape: number[], seed: number): tf.Tensor {
  return tf.tensor(noiseValues(tf.util.sizeFromShape(shape), seed), shape);
}

export function noiseValues(count: number, seed: number): Float32Array {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** f and the gradients of Σ f·weights with respect to each input, the weights being noise. */
export function withGradients(
  inputs: tf.Tensor[],
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
): tf.Tensor[] {
  const y = f(...inputs);
  const gradients = tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(f(...xs), noise(y.shape, 99))));
  return [y, ...gradients(inputs)];
}
