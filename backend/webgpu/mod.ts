/**
 * WGSL kernels that make tfjs-backend-webgpu fit to train. Importing this registers them under
 * tfjs's own kernel names for its backend "webgpu".
 */
import { registerWebGpuKernels } from "./register.ts";

export { registerWebGpuKernels, WEBGPU_BACKEND } from "./register.ts";
export { keepTuningIn } from "./tuner.ts";
export {
  type RepeatedStep,
  repeatStep,
  type StepComputation,
  type StepInput,
  type StepResult,
} from "../repeat.ts";

registerWebGpuKernels();
