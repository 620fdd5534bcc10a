/** Puts our kernels under tfjs-backend-webgpu. */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import { registerStepRepeater } from "../repeat.ts";
import { createBackend } from "./create_backend.ts";
import { registerOperations } from "./operations/register_operations.ts";
import { ReplayedStep } from "./replay/replayed_step.ts";

/** The backend's name: `tf.setBackend("webgpu")`. It stays tfjs's own backend. */
export const WEBGPU_BACKEND = "webgpu";

let isRegistered = false;

/**
 * Registers our kernels for tfjs's WebGPU backend, once. What they do not cover (dilation, NCHW,
 * other types than float32) is still computed by the kernels they replace.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import "graft/backend/webgpu";
 *
 * await tf.setBackend("webgpu");
 * tf.conv2d(tf.ones([1, 8, 8, 3]), tf.ones([3, 3, 3, 16]), 1, "same").print();
 * ```
 */
export function registerWebGpuKernels(): void {
  if (isRegistered) return;
  isRegistered = true;
  registerOperations(WEBGPU_BACKEND);
  registerStepRepeater(WEBGPU_BACKEND, (compute) => new ReplayedStep(compute));
  // A device of ours lets a kernel bind more buffers. One that tfjs has made already serves, too.
  if (WEBGPU_BACKEND in tf.engine().registry) return;
  tf.removeBackend(WEBGPU_BACKEND);
  tf.registerBackend(WEBGPU_BACKEND, createBackend, 3);
}
