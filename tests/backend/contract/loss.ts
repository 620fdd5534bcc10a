import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../../../backend/ops/softmax_cross_entropy.ts";
import { assertNear, noiseValues } from "../compare.ts";
import type { Subject } from "./subject.ts";

export function lossContract(subject: Subject): void {
  subject.test(
    "softmax cross-entropy and its gradient are those computed in double precision",
    async () => {
      const cases = [[1, 2, 0], [4, 2, 0], [3, 17, 0], [70, 5, 0], [7, 1000, 0]];
      const smoothed = [[1, 2, 0.1], [70, 5, 0.1], [7, 1000, 0.5]];
      for (const [batch, classes, smoothing] of [...cases, ...smoothed]) {
        const labels = Array.from({ length: batch }, (_, i) => i * 31 % classes);
        const logits = noiseValues(batch * classes, 1).map((value) => 20 * value);
        const [loss, gradient] = await subject.valuesOf(() => {
          const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
            tf.mul(
              softmaxCrossEntropy(x as tf.Tensor2D, tf.tensor1d(labels, "int32"), smoothing),
              3,
            )
          )(tf.tensor2d(logits, [batch, classes]));
          return [value, grad];
        });
        const expected = naive(logits, labels, classes, smoothing);
        assertNear("loss", loss, [3 * expected.loss], 1e-5);
        assertNear("gradient", gradient, expected.gradient.map((g) => 3 * g), 1e-5);
      }
    },
  );
}

function naive(logits: Float32Array, labels: number[], classes: number, smoothing: number) {
  let loss = 0;
  const gradient: number[] = [];
  labels.forEach((label, n) => {
    const row = Array.from(logits.subarray(n * classes, (n + 1) * classes));
    const largest = Math.max(...row);
    const exponentials = row.map((value) => Math.exp(value - largest));
    const sum = exponentials.reduce((a, b) => a + b);
    exponentials.forEach((value, c) => {
      const target = (c === label ? 1 - smoothing : 0) + smoothing / classes;
      loss -= target * (row[c] - largest - Math.log(sum)) / labels.length;
      gradient.push((value / sum - target) / labels.length);
    });
  });
  return { loss, gradient };
}
