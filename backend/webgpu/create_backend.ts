import type * as tf from "@tensorflow/tfjs";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { watchForLazyTensors } from "./lazy.ts";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";
import { HARDWARE, rememberAdapter, SOFTWARE } from "./tiling.ts";

/** Enough for ten parameters of SGD in one dispatch. */
const STORAGE_BUFFERS = 31;

/** The limits that tfjs asks for itself: all that the adapter has. */
const FULL_LIMITS = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

/**
 * tfjs's WebGPU backend, on a device that lets a kernel bind more buffers than the 8 that tfjs asks
 * for.
 * @throws {Error} when there is no adapter
 */
export async function createBackend(): Promise<tf.KernelBackend> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new Error(
      "there is no WebGPU adapter: install a graphics driver with Vulkan, Metal or Direct3D 12 " +
        "support (Mesa's lavapipe emulates one), or use another backend",
    );
  }
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredFeatures: adapter.features.has("timestamp-query") ? ["timestamp-query"] : [],
    requiredLimits: {
      ...Object.fromEntries(FULL_LIMITS.map((name) => [name, limits[name]])),
      maxStorageBuffersPerShaderStage: Math.min(
        STORAGE_BUFFERS,
        limits.maxStorageBuffersPerShaderStage,
      ),
    },
  });
  rememberAdapter(device, adapter.info, isSoftware(adapter.info) ? SOFTWARE : HARDWARE);
  const backend = new WebGPUBackend(device as never, adapter.info as never) as unknown;
  watchForLazyTensors(backend as TfjsWebGpuBackend);
  return backend as tf.KernelBackend;
}

/** Emulations on the CPU. */
function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter === true ||
    /llvmpipe|lavapipe|swiftshader|software|basic render/i.test(info.description);
}
