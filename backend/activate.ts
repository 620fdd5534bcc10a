import * as tf from "@tensorflow/tfjs";

/**
 * Loads a backend and makes it tfjs's active one. Only the one that is asked for is loaded.
 *
 * @param threads of the wasm backend; all cores by default
 */
export async function activateBackend(
  backend: "webgpu" | "wasm",
  { threads }: { threads?: number } = {},
): Promise<void> {
  if (backend === "webgpu") {
    const { WEBGPU_BACKEND } = await import("./webgpu/mod.ts");
    await setBackend(WEBGPU_BACKEND);
  } else {
    const { registerWasmBackend, WASM_BACKEND } = await import("./wasm/mod.ts");
    registerWasmBackend({ threads });
    await setBackend(WASM_BACKEND);
  }
}

async function setBackend(name: string): Promise<void> {
  if (!await tf.setBackend(name)) {
    throw new Error(`tfjs could not start its ${name} backend; its own message is above`);
  }
  await tf.ready();
}
