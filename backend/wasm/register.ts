/** Makes the backend known to tfjs. */
import * as tf from "@tensorflow/tfjs";
import { registerStepRepeater } from "../repeat.ts";
import { WasmBackend } from "./backend.ts";
import { registerOperations } from "./operations/register_operations.ts";
import { type Precision, PRECISIONS } from "../precision.ts";
import { ReplayedStep } from "./replay/replayed_step.ts";
import { registerStockKernels } from "./stock_kernels.ts";

/** The backend's name: `tf.setBackend(WASM_BACKEND)`. */
export const WASM_BACKEND = "graft-wasm";

let threads = navigator.hardwareConcurrency;
let precision: Precision = "float32";

/**
 * Registers the backend with tfjs, once; later calls only change what they name. tfjs creates it
 * when it is first used. Needs read access to this folder and nothing else.
 *
 * @param options.threads threads that compute, all cores by default; results do not depend on it
 * @param options.precision of products that no gradient is computed of: float32, or int16, which is
 *   faster and answers with relative errors of about 10⁻³; recorded steps keep theirs
 * @throws {RangeError} when the precision is another, or threads are no whole number from 1 on
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
export function registerWasmBackend(
  options: { threads?: number; precision?: Precision } = {},
): void {
  if (options.threads !== undefined) setThreads(options.threads);
  if (options.precision !== undefined) setPrecision(options.precision);
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
  const backend = created();
  if (backend) backend.pool.threads = count;
}

function setPrecision(asked: Precision): void {
  if (!PRECISIONS.includes(asked)) {
    throw new RangeError(`precision must be one of ${PRECISIONS.join(", ")}, got ${asked}`);
  }
  precision = asked;
  const backend = created();
  if (backend) backend.precision = asked;
}

/** Undefined before it is first used. */
function created(): WasmBackend | undefined {
  return tf.engine().registry[WASM_BACKEND] as WasmBackend | undefined;
}

async function createBackend(): Promise<WasmBackend> {
  // By fetch, which reads files in Deno and addresses in browsers.
  const kernels = await fetch(new URL("./kernels.wasm", import.meta.url));
  const module = await WebAssembly.compile(await kernels.arrayBuffer());
  return new WasmBackend(module, threads, precision);
}
