import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { registerWebGpuKernels, WEBGPU_BACKEND } from "../../../backend/webgpu/register.ts";
import { Subject } from "../contract/subject.ts";

registerWebGpuKernels();
const adapter = await navigator.gpu?.requestAdapter();
if (!adapter) console.log("WebGPU tests are skipped: there is no WebGPU adapter");

let errors: string[] | undefined;

class WebGpuSubject extends Subject {
  /** Makes the backend active and lets no error of the device go unnoticed. */
  override async activate(): Promise<void> {
    await super.activate();
    if (errors) return;
    const found: string[] = errors = [];
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    // Deno tears down what a file leaves beside the process's own end, which drivers may not survive.
    addEventListener("unload", () => device.destroy());
    device.addEventListener("uncapturederror", (event) => {
      found.push((event as GPUUncapturedErrorEvent).error.message);
    });
  }
}

/** Its tests run where there is a WebGPU adapter. */
export const WEBGPU = new WebGpuSubject({
  name: "webgpu",
  backend: WEBGPU_BACKEND,
  networks: 3,
  compilesShapes: true,
  ignore: !adapter,
  assertNoErrors: () => assert.deepEqual(errors?.splice(0) ?? [], [], "errors of the device"),
});

/** Names of tfjs's own programs that run while `compute` does. */
export async function stockProgramsOf(compute: () => void): Promise<string[]> {
  await WEBGPU.activate();
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
