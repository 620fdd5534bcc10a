import type * as tf from "@tensorflow/tfjs";
import { allocate, dispatch, type Kernel } from "../dispatch.ts";
import source from "../kernels/softmax_cross_entropy.wgsl" with { type: "text" };
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";

const kernel: Kernel = { name: "softmax_cross_entropy", source };

/**
 * Mean cross-entropy of softmax(logits) [batch, classes] and integer labels, and its gradient with
 * respect to the logits. A label that is no class counts as nothing, as in the composition.
 */
export function softmaxCrossEntropy(
  backend: TfjsWebGpuBackend,
  logits: tf.TensorInfo,
  labels: tf.TensorInfo,
  labelSmoothing: number,
): tf.TensorInfo[] {
  const [BATCH, CLASSES] = logits.shape;
  const loss = allocate(backend, []), gradient = allocate(backend, logits.shape);
  const constants = { BATCH, CLASSES, SMOOTHING: labelSmoothing };
  dispatch(backend, kernel, constants, [logits, labels, loss, gradient], [1]);
  return [loss, gradient];
}
