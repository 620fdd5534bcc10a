/** Three steps of training on whichever backend is active: every kind of convolution learns. */
import * as tf from "@tensorflow/tfjs";

const wave = (shape, seed, factor = 1) =>
  tf.tensor(
    Float32Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      (_, i) => factor * Math.sin(seed + i * 12.9898),
    ),
    shape,
  );

/** @returns {Promise<number[]>} the losses */
export async function train() {
  const weights = [
    wave([3, 3, 3, 8], 1, 0.5),
    wave([3, 3, 8, 1], 2, 0.5),
    wave([1, 1, 8, 16], 3, 0.5),
    wave([16, 4], 4, 0.5),
  ].map((values) => tf.variable(values));
  const photos = wave([4, 16, 16, 3], 5);
  const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 3], "int32"), 4);
  const optimizer = tf.train.momentum(0.5, 0.9);
  const loss = () => {
    let x = tf.conv2d(photos, weights[0], 1, "same").relu();
    x = tf.depthwiseConv2d(x, weights[1], 2, "same").relu6();
    x = tf.conv2d(x, weights[2], 1, "same").relu();
    return tf.losses.softmaxCrossEntropy(labels, tf.mean(x, [1, 2]).matMul(weights[3]));
  };
  const losses = [];
  for (let step = 0; step < 3; step++) {
    losses.push((await optimizer.minimize(loss, true, weights).data())[0]);
  }
  return losses;
}
