/** Bias and activation behind a product: tfjs's own programs, one after the other. */
import * as tf from "@tensorflow/tfjs";
import { release } from "../dispatch.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";

/** tfjs's kernel for each activation that needs no more than its input. */
const KERNELS: Record<string, string | undefined> = {
  linear: undefined,
  relu: "Relu",
  relu6: "Relu6",
};

export function isOurActivation(activation: string): boolean {
  return activation in KERNELS;
}

/** activation(product + bias); takes over `product`. */
export function addBiasAndActivate(
  backend: TfjsWebGpuBackend,
  product: tf.TensorInfo,
  bias: tf.TensorInfo | undefined,
  activation: string,
): tf.TensorInfo {
  const sum = bias ? run(backend, "Add", { a: product, b: bias }) : product;
  if (bias) release(backend, product);
  const kernel = KERNELS[activation];
  if (!kernel) return sum;
  const activated = run(backend, kernel, { x: sum });
  release(backend, sum);
  return activated;
}

/** Straight, not through tfjs's engine: there is no gradient to be kept, and none to be freed. */
function run(
  backend: TfjsWebGpuBackend,
  kernelName: string,
  inputs: Record<string, tf.TensorInfo>,
): tf.TensorInfo {
  const { kernelFunc } = tf.getKernel(kernelName, "webgpu");
  const call = { inputs, attrs: {}, backend };
  return kernelFunc(call as unknown as Parameters<typeof kernelFunc>[0]) as tf.TensorInfo;
}
