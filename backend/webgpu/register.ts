/** Puts our kernels under tfjs-backend-webgpu. */
import * as tf from "@tensorflow/tfjs";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { registerTensorReader } from "../ops/read_tensors.ts";
import { registerStepRepeater } from "../repeat.ts";
import { watchForLazyTensors } from "./lazy.ts";
import { watchForLoss } from "./lost_device.ts";
import { registerOperations } from "./operations/register_operations.ts";
import { ReplayedStep } from "./replay/replayed_step.ts";
import { requestDevice } from "./request_device.ts";
import { readTensors } from "./read_tensors.ts";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";
import { HARDWARE, rememberAdapter, SOFTWARE } from "./tiling.ts";

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
  registerTensorReader(WEBGPU_BACKEND, readTensors);
  // A device of ours lets a kernel bind more buffers. One that tfjs has made already serves, too.
  if (WEBGPU_BACKEND in tf.engine().registry) return;
  tf.removeBackend(WEBGPU_BACKEND);
  tf.registerBackend(WEBGPU_BACKEND, createBackend, 3);
}

/**
 * tfjs's WebGPU backend, on a device that lets a kernel bind more buffers than the 8 that tfjs asks
 * for.
 * @throws {Error} when there is no adapter
 */
async function createBackend(): Promise<tf.KernelBackend> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new Error(
      "there is no WebGPU adapter: install a graphics driver with Vulkan, Metal or Direct3D 12 " +
        "support (Mesa's lavapipe emulates one), or use another backend",
    );
  }
  const device = await requestDevice(adapter);
  rememberAdapter(device, adapter.info, isSoftware(adapter.info) ? SOFTWARE : HARDWARE);
  const backend = new WebGPUBackend(device as never, adapter.info as never) as unknown;
  watchForLazyTensors(backend as TfjsWebGpuBackend);
  watchForLoss(backend as TfjsWebGpuBackend);
  return backend as tf.KernelBackend;
}

/** Emulations on the CPU. */
function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter === true ||
    /llvmpipe|lavapipe|swiftshader|software|basic render/i.test(info.description);
}
