import type { AdamWInputs, AdamWSettings } from "../../ops/adam_w.ts";
import { dispatch, keepOnlyOnGpu, type Kernel } from "../dispatch.ts";
import source from "../kernels/adam_w.wgsl" with { type: "text" };
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { severalAtATime } from "./several.ts";

const kernel: Kernel = { name: "adam_w", source };

/** Writes parameters and moments in place, as `sgdMomentum` does. */
export function adamW(
  backend: TfjsWebGpuBackend,
  { parameters, gradients, first, second, step, gradientScale }: AdamWInputs,
  { beta1, beta2, epsilon, rates, decays }: AdamWSettings,
): void {
  keepOnlyOnGpu(backend, ...parameters, ...first, ...second);
  for (const { from, count, constants, groups } of severalAtATime(backend, parameters, 4, 2)) {
    const tensors = Array.from(
      { length: count },
      (_, i) => [gradients, parameters, first, second].map((list) => list[from + i]),
    );
    dispatch(
      backend,
      kernel,
      {
        BETA1: beta1,
        BETA2: beta2,
        EPSILON: epsilon,
        RATE: rates.slice(from, from + count),
        DECAY: decays.slice(from, from + count),
        ...constants,
      },
      [step, gradientScale, ...tensors.flat()],
      groups,
    );
  }
}
