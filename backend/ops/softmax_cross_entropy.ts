/** Softmax cross-entropy over integer labels, and its gradient. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/**
 * Mean cross-entropy between softmax(logits) and integer labels, as
 * `nn.CrossEntropyLoss(label_smoothing=labelSmoothing)`.
 *
 * @param logits [batch, classes]
 * @param labels int32 [batch], each in [0, classes)
 * @param labelSmoothing share of each label that all classes, it too, have in equal parts
 */
export function softmaxCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  labelSmoothing = 0,
): tf.Scalar {
  if (!isServed("SoftmaxCrossEntropy")) {
    return tf.tidy(() => {
      const classes = logits.shape[1];
      const target = tf.add(
        tf.mul(tf.oneHot(labels, classes), 1 - labelSmoothing),
        labelSmoothing / classes,
      );
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), target), 1))) as tf.Scalar;
    });
  }
  const [loss] = tf.engine().runKernel("SoftmaxCrossEntropy", { logits, labels }, {
    labelSmoothing,
  }) as tf.Tensor[];
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
