/** Makes the backend known to tfjs. */
import * as tf from "@tensorflow/tfjs";
import { registerStepRepeater } from "../repeat.ts";
import { WasmBackend } from "./backend.ts";
import { registerOperations } from "./operations/register_operations.ts";
import { ReplayedStep } from "./replay/replayed_step.ts";
import { registerStockKernels } from "./stock_kernels.ts";

/** The backend's name: `tf.setBackend(WASM_BACKEND)`. */
export const WASM_BACKEND = "graft-wasm";

let threads = navigator.hardwareConcurrency;

/**
 * Registers the backend with tfjs, once; later calls only change the number of threads. tfjs
 * creates it when it is first used. Needs read access to this folder and nothing else.
 *
 * @param options.threads threads that compute, all cores by default; results do not depend on it
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { registerWasmBackend, WASM_BACKEND } from "graft/backend/wasm";
 *
 * registerWasmBackend({ threads: 2 });
 * await tf.setBackend(WASM_BACKEND);
 * tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).print();
 * ```
 */
export function registerWasmBackend(options: { threads?: number } = {}): void {
  if (options.threads !== undefined) setThreads(options.threads);
  if (tf.findBackendFactory(WASM_BACKEND)) return;
  registerStockKernels(WASM_BACKEND);
  registerOperations(WASM_BACKEND);
  tf.registerBackend(WASM_BACKEND, createBackend);
  registerStepRepeater(WASM_BACKEND, (compute) => new ReplayedStep(compute));
}

/**
 * Changes how many threads compute, at any time.
 * @throws {RangeError} when it is not a whole number from 1 on
 */
export function setThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`threads must be a whole number from 1 on, got ${count}`);
  }
  threads = count;
  const backend = tf.engine().registry[WASM_BACKEND] as WasmBackend | undefined;
  if (backend) backend.pool.threads = count;
}

async function createBackend(): Promise<WasmBackend> {
  // By fetch, which reads files in Deno and addresses in browsers.
  const kernels = await fetch(new URL("./kernels.wasm", import.meta.url));
  return new WasmBackend(await WebAssembly.compile(await kernels.arrayBuffer()), threads);
}
