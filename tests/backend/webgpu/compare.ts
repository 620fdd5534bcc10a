/** Runs the same computation under our WebGPU kernels and on stock tfjs-cpu, which is the oracle. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { WEBGPU_BACKEND } from "../../../backend/webgpu/mod.ts";
import { assertNear } from "../compare.ts";

export { assertNear, noise, withGradients } from "../compare.ts";

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
