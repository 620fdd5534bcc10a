import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";

/**
 * Mean cross-entropy of softmax(logits) [batch, classes] and integer labels, and its gradient with
 * respect to the logits. A few thousand values at most, hence plain JavaScript in double precision.
 */
export function softmaxCrossEntropy(
  backend: WasmBackend,
  logits: tf.TensorInfo,
  labels: tf.TensorInfo,
  labelSmoothing: number,
): tf.TensorInfo[] {
  const [batch, classes] = logits.shape;
  const x = backend.dataOf(logits).values as Float32Array;
  const label = backend.dataOf(labels).values as Int32Array;
  const gradient = backend.allocateTensor([batch, classes]);
  const dlogits = backend.heap.floats(gradient.data.block, batch * classes);
  const exponentials = new Float64Array(classes);
  const onLabel = 1 - labelSmoothing, everywhere = labelSmoothing / classes;
  let loss = 0;
  for (let n = 0; n < batch; n++) {
    if (!(label[n] >= 0 && label[n] < classes)) {
      throw new RangeError(`label ${label[n]} of photo ${n} is not one of ${classes} classes`);
    }
    const row = n * classes;
    let largest = -Infinity, sum = 0;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, x[row + c]);
    for (let c = 0; c < classes; c++) sum += exponentials[c] = Math.exp(x[row + c] - largest);
    loss += onLabel * (Math.log(sum) - (x[row + label[n]] - largest));
    for (let c = 0; c < classes; c++) {
      // Not times 0: a logit may be infinitely low.
      if (everywhere > 0) loss += everywhere * (Math.log(sum) - (x[row + c] - largest));
      const target = c === label[n] ? onLabel + everywhere : everywhere;
      dlogits[row + c] = (exponentials[c] / sum - target) / batch;
    }
  }
  return [backend.makeTensorInfo([], "float32", new Float32Array([loss / batch])), gradient.info];
}
