/**
 * A tfjs backend for CPUs that trains: fused SIMD kernels on all cores. Importing it registers it.
 */
import { registerWasmBackend } from "./register.ts";

export { registerWasmBackend, setThreads, WASM_BACKEND } from "./register.ts";

registerWasmBackend();
