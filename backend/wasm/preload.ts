/** The wasm backend, loaded for whoever activates it. */
import { type BackendOptions, preloadBackend, setBackend } from "../preloaded.ts";
import { registerWasmBackend, WASM_BACKEND } from "./register.ts";

export async function activate({ threads, precision }: BackendOptions): Promise<void> {
  registerWasmBackend({ threads, precision });
  await setBackend(WASM_BACKEND);
}

preloadBackend("wasm", activate);
