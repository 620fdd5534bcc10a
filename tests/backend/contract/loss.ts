import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../../../backend/ops/softmax_cross_entropy.ts";
import { assertNear, noiseValues } from "../compare.ts";
import type { Subject } from "./subject.ts";

export function lossContract(subject: Subject): void {
  subject.test(
    "softmax cross-entropy and its gradient are those computed in double precision",
    async () => {
      for (const [batch, classes] of [[1, 2], [4, 2], [3, 17], [70, 5], [7, 1000]]) {
        const labels = Array.from({ length: batch }, (_, i) => i * 31 % classes);
        const logits = noiseValues(batch * classes, 1).map((value) => 20 * value);
        const [loss, gradient] = await subject.valuesOf(() => {
          const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
            tf.mul(softmaxCrossEntropy(x as tf.Tensor2D, tf.tensor1d(labels, "int32")), 3)
          )(tf.tensor2d(logits, [batch, classes]));
          return [value, grad];
        });
        const expected = naive(logits, labels, classes);
        assertNear("loss", loss, [3 * expected.loss], 1e-5);
        assertNear("gradient", gradient, expected.gradient.map((g) => 3 * g), 1e-5);
      }
    },
  );
}

function naive(logits: Float32Array, labels: number[], classes: number) {
  let loss = 0;
  const gradient: number[] = [];
  labels.forEach((label, n) => {
    const row = Array.from(logits.subarray(n * classes, (n + 1) * classes));
    const largest = Math.max(...row);
    const exponentials = row.map((value) => Math.exp(value - largest));
    const sum = exponentials.reduce((a, b) => a + b);
    loss -= (row[label] - largest - Math.log(sum)) / labels.length;
    exponentials.forEach((value, c) =>
      gradient.push((value / sum - (c === label ? 1 : 0)) / labels.length)
    );
  });
  return { loss, gradient };
}
