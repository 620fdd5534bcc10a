/** Sums over all but the last dimension: gradients of what each channel has one of. */
import * as tf from "@tensorflow/tfjs";

/**
 * Σ x, or Σ x·y, over all rows: [..., channels] to [channels]. For gradients of operations that the
 * active backend serves: it has the kernel then.
 */
export function columnSums(x: tf.Tensor, y?: tf.Tensor): tf.Tensor1D {
  return tf.engine().runKernel("ColumnSums", { x, ...(y && { y }) }) as tf.Tensor1D;
}
