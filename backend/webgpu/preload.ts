/** The webgpu backend, loaded for whoever activates it. */
import { type BackendOptions, preloadBackend, setBackend } from "../preloaded.ts";
import { registerWebGpuKernels, WEBGPU_BACKEND } from "./register.ts";
import { keepTuningIn } from "./tuner.ts";

export async function activate({ tuning }: BackendOptions): Promise<void> {
  registerWebGpuKernels();
  await setBackend(WEBGPU_BACKEND);
  if (tuning) await keepTuningIn(tuning);
}

preloadBackend("webgpu", activate);
