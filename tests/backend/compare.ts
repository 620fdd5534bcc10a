/** What the tests of both backends compare by. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";

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
