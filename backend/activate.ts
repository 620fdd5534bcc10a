import * as tf from "@tensorflow/tfjs";
import type { Precision } from "./wasm/precision.ts";

/**
 * Loads a backend and makes it tfjs's active one. Only the one that is asked for is loaded.
 *
 * @param threads of the wasm backend; all cores by default
 * @param precision of the wasm backend's products, where it answers; float32 by default
 * @param tuning a folder where the webgpu backend remembers which variants of its kernels are fast
 */
export async function activateBackend(
  backend: "webgpu" | "wasm",
  { threads, precision, tuning }: {
    threads?: number;
    precision?: Precision;
    tuning?: string;
  } = {},
): Promise<void> {
  if (backend === "webgpu") {
    const { registerWebGpuKernels, WEBGPU_BACKEND } = await import("./webgpu/register.ts");
    registerWebGpuKernels();
    await setBackend(WEBGPU_BACKEND);
    if (tuning) {
      const { keepTuningIn } = await import("./webgpu/tuner.ts");
      await keepTuningIn(tuning);
    }
  } else {
    const { registerWasmBackend, WASM_BACKEND } = await import("./wasm/register.ts");
    registerWasmBackend({ threads, precision });
    await setBackend(WASM_BACKEND);
  }
}

async function setBackend(name: string): Promise<void> {
  if (!await tf.setBackend(name)) {
    throw new Error(`tfjs could not start its ${name} backend; its own message is above`);
  }
  await tf.ready();
}
