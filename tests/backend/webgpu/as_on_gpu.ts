import * as tf from "@tensorflow/tfjs";
import type { TfjsWebGpuBackend } from "../../../backend/webgpu/tfjs_backend.ts";
import { HARDWARE, rememberAdapter, SOFTWARE } from "../../../backend/webgpu/tiling.ts";

const INFO = { vendor: "", architecture: "", description: "a test's adapter" } as GPUAdapterInfo;

/** Runs `fn` with the kernels cut as they are for a hardware adapter. */
export async function asOnGpu(
  fn: () => Promise<void>,
  { measuresAfter } = { measuresAfter: Infinity },
): Promise<void> {
  const { device } = tf.backend() as unknown as TfjsWebGpuBackend;
  rememberAdapter(device, INFO, { ...HARDWARE, measuresAfter });
  try {
    await fn();
  } finally {
    rememberAdapter(device, INFO, SOFTWARE);
  }
}
