import * as tf from "@tensorflow/tfjs";
import type { TfjsWebGpuBackend } from "../../../backend/webgpu/tfjs_backend.ts";
import {
  adapterNameOf,
  HARDWARE,
  rememberAdapter,
  type Tiling,
  tilingOf,
} from "../../../backend/webgpu/tiling.ts";

/** Runs `fn` with the kernels cut as they are for a hardware adapter, unless it is told another way. */
export async function asOnGpu(
  fn: () => Promise<void>,
  tiling: Partial<Tiling> = {},
): Promise<void> {
  const backend = tf.backend() as unknown as TfjsWebGpuBackend;
  const before = tilingOf(backend), description = adapterNameOf(backend);
  const info = (description: string) => ({ description }) as GPUAdapterInfo;
  const measuresAfter = Infinity;
  rememberAdapter(backend.device, info("a test's adapter"), {
    ...HARDWARE,
    measuresAfter,
    ...tiling,
  });
  try {
    await fn();
  } finally {
    rememberAdapter(backend.device, info(description), before);
  }
}
