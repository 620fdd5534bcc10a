/**
 * Backends that were loaded before: a program that takes one from here reaches the code of none, and
 * whoever starts it chooses which it gets (`webgpu/preload.ts` or `wasm/preload.ts`).
 */
import * as tf from "@tensorflow/tfjs";
import type { Precision } from "./precision.ts";

export interface BackendOptions {
  /** Of the wasm backend; all cores by default. */
  threads?: number;
  /** Of the wasm backend's products, where it answers; float32 by default. */
  precision?: Precision;
  /** A folder where the webgpu backend remembers which variants of its kernels are fast. */
  tuning?: string;
}

type Activate = (options: BackendOptions) => Promise<void>;

const loaded = new Map<"webgpu" | "wasm", Activate>();

/** Called by a backend's own `preload.ts`. */
export function preloadBackend(backend: "webgpu" | "wasm", activate: Activate): void {
  loaded.set(backend, activate);
}

/**
 * Makes a backend that was loaded tfjs's active one.
 *
 * @throws {Error} where it was not loaded, or tfjs cannot start it
 */
export async function activatePreloaded(
  backend: "webgpu" | "wasm",
  options: BackendOptions = {},
): Promise<void> {
  const activate = loaded.get(backend);
  if (!activate) throw new Error(`backend/${backend}/preload.ts was not loaded`);
  await activate(options);
}

/**
 * Makes a backend that tfjs knows its active one.
 *
 * @param name by which tfjs knows it
 * @throws {Error} where tfjs cannot start it
 */
export async function setBackend(name: string): Promise<void> {
  if (!await tf.setBackend(name)) {
    throw new Error(`tfjs could not start its ${name} backend; its own message is above`);
  }
  await tf.ready();
}
