/**
 * The few operations of this folder are those that tfjs lacks, or composes out of many. Each is a
 * tfjs kernel name. A backend that registers the kernel serves it; on every other backend the
 * operation is composed of stock tfjs operations. The compositions are also the oracle that the
 * kernels are tested against, so they are written for clarity, not speed.
 */
import * as tf from "@tensorflow/tfjs";

/** Whether the active backend has a kernel of this name. */
export function isServed(kernel: string): boolean {
  return tf.getKernel(kernel, tf.getBackend()) !== undefined;
}
