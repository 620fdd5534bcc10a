import * as tf from "@tensorflow/tfjs";
import { activateBackend } from "../backend/activate.ts";
import type { Precision } from "../backend/precision.ts";

/** @param backend wasm and webgpu are ours; cpu and stock-webgpu are tfjs's, as they come */
export async function activateForBench(
  backend: string,
  threads: number,
  precision?: Precision,
): Promise<void> {
  if (backend === "cpu") await tf.setBackend("cpu");
  else if (backend === "stock-webgpu") {
    await import("@tensorflow/tfjs-backend-webgpu");
    await tf.setBackend("webgpu");
  } else await activateBackend(backend as "wasm" | "webgpu", { threads, precision });
  await tf.ready();
}
