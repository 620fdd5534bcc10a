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
  const { heap, pool } = backend;
  const [batch, classes] = logits.shape;
  const from = backend.dataOf(logits).block;
  const { dtype } = labels, labelData = backend.dataOf(labels);
  // Floats, which nothing of ours gives it, would be read once and for all.
  const label = dtype === "float32" ? labelData.values as Float32Array : labelData.integers!;
  const loss = backend.allocateTensor([]), gradient = backend.allocateTensor([batch, classes]);
  const lossBlock = loss.data.block, gradientBlock = gradient.data.block;
  pool.host(() => {
    const x = heap.floats(from, batch * classes);
    const dlogits = heap.floats(gradientBlock, batch * classes);
    const sum = lossAndGradient(x, label, batch, classes, labelSmoothing, dlogits);
    heap.floats(lossBlock, 1)[0] = sum / batch;
  });
  return [loss.info, gradient.info];
}

/** @returns the sum of the photos' losses */
function lossAndGradient(
  x: Float32Array,
  label: ArrayLike<number>,
  batch: number,
  classes: number,
  labelSmoothing: number,
  dlogits: Float32Array,
): number {
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
  return loss;
}
