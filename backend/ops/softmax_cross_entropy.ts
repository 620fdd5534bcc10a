/** Softmax cross-entropy over integer labels, and its gradient. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/**
 * Mean cross-entropy between softmax(logits) and integer labels, as `nn.CrossEntropyLoss()`.
 *
 * @param logits [batch, classes]
 * @param labels int32 [batch], each in [0, classes)
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  if (!isServed("SoftmaxCrossEntropy")) {
    return tf.tidy(() => {
      const target = tf.oneHot(labels, logits.shape[1]);
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), target), 1))) as tf.Scalar;
    });
  }
  const [loss] = tf.engine().runKernel("SoftmaxCrossEntropy", { logits, labels }) as tf.Tensor[];
  return loss as tf.Scalar;
}

tf.registerGradient({
  kernelName: "SoftmaxCrossEntropy",
  inputsToSave: [],
  outputsToSave: [false, true],
  gradFunc: (dys, [dlogits]) => {
    const [dloss] = dys as tf.Tensor[];
    return { logits: () => tf.mul(dlogits, dloss) };
  },
});
