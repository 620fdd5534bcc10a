import type { BackendOptions } from "./preloaded.ts";

/**
 * Loads a backend and makes it tfjs's active one. Only the one that is asked for is loaded.
 *
 * @throws {Error} where tfjs cannot start it
 */
export async function activateBackend(
  backend: "webgpu" | "wasm",
  options: BackendOptions = {},
): Promise<void> {
  const { activate } = backend === "webgpu"
    ? await import("./webgpu/preload.ts")
    : await import("./wasm/preload.ts");
  await activate(options);
}
