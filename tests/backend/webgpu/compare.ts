/** Runs the same computation under our WebGPU kernels and on stock tfjs-cpu, which is the oracle. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { WEBGPU_BACKEND } from "../../../backend/webgpu/mod.ts";

const adapter = await navigator.gpu?.requestAdapter();
if (!adapter) console.log("WebGPU tests are skipped: there is no WebGPU adapter");

/** Declares a test that runs where there is a WebGPU adapter. */
export function webGpuTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name,
    ignore: !adapter,
    // The device, and what its driver holds, live as long as tfjs's backend does.
    sanitizeResources: false,
    sanitizeOps: false,
    fn: async () => {
      await activateWebGpu();
      await fn();
    },
  });
}

let errors: string[] | undefined;

/** Fails when the device has met an error since the last call. */
function assertNoErrors(): void {
  assert.deepEqual(errors?.splice(0) ?? [], [], "errors of the device");
}

/** Makes the backend active and lets no error of the device go unnoticed. */
async function activateWebGpu(): Promise<void> {
  assert.ok(await tf.setBackend(WEBGPU_BACKEND), "tfjs could not start its WebGPU backend");
  if (errors) return;
  const found: string[] = errors = [];
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  device.addEventListener("uncapturederror", (event) => {
    found.push((event as GPUUncapturedErrorEvent).error.message);
  });
}

/** Values of each tensor that `compute` returns on a backend; nothing may be left behind. */
export async function valuesOn(
  backend: string,
  compute: () => tf.Tensor[],
): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const tensors = tf.tidy(compute);
  const values: Float32Array[] = [];
  for (const tensor of tensors) values.push(await tensor.data<"float32">());
  tf.dispose(tensors);
  assert.equal(tf.memory().numTensors, before, `tensors left behind on ${backend}`);
  assertNoErrors();
  return values;
}

/** Our values agree with stock tfjs's within float32 rounding of their sums. */
export async function agreesWithStock(
  what: string,
  compute: () => tf.Tensor[],
  tolerance = 2e-5,
): Promise<void> {
  const actual = await valuesOn(WEBGPU_BACKEND, compute);
  const expected = await valuesOn("cpu", compute);
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
  let state = (seed * 2654435761 + 12345) >>> 0;
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return tf.tensor(values, shape);
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

/** Names of tfjs's own programs that run while `compute` does. */
export async function stockProgramsOf(compute: () => void): Promise<string[]> {
  await tf.setBackend(WEBGPU_BACKEND);
  const backend = tf.backend() as unknown as {
    runWebGPUProgram(program: object, ...rest: unknown[]): unknown;
  };
  const original = backend.runWebGPUProgram;
  const programs: string[] = [];
  backend.runWebGPUProgram = function (program, ...rest) {
    programs.push(program.constructor.name);
    return original.call(this, program, ...rest);
  };
  try {
    compute();
  } finally {
    backend.runWebGPUProgram = original;
  }
  return programs;
}
