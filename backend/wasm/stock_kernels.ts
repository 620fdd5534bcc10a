import * as tf from "@tensorflow/tfjs";

/** Registers tfjs's CPU kernels under our backend's name: they serve whatever ours do not. */
export function registerStockKernels(backendName: string): void {
  for (const kernel of tf.getKernelsForBackend("cpu")) {
    tf.registerKernel({ ...kernel, backendName });
  }
}

/** The stock kernel of a name, for cases that ours do not cover. */
export function stockKernel(kernelName: string): tf.KernelFunc {
  const kernel = tf.getKernel(kernelName, "cpu");
  if (!kernel) throw new Error(`tfjs-backend-cpu has no kernel ${kernelName}`);
  return kernel.kernelFunc;
}
