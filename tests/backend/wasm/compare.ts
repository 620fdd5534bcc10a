/** Runs the same computation on the wasm backend and on stock tfjs, which is the oracle. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { WASM_BACKEND } from "../../../backend/wasm/mod.ts";
import { assertNear } from "../compare.ts";

export { assertNear, noise, noiseValues, withGradients } from "../compare.ts";

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
