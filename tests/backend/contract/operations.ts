/** Pools, means, products and elementwise operations. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { noise, withGradients } from "../compare.ts";
import type { Subject } from "./subject.ts";

export function operationsContract(subject: Subject): void {
  subject.test("max pooling and its gradient agree with stock tfjs", async () => {
    const cases = [
      { shape: [3, 9, 9, 24], size: 3, stride: 2, pad: 1 },
      { shape: [1, 8, 7, 5], size: 3, stride: 2, pad: 1 },
      { shape: [3, 6, 6, 1], size: 2, stride: 2, pad: "valid" },
      { shape: [1, 7, 7, 17], size: 3, stride: 1, pad: "same" },
      { shape: [1, 5, 9, 24], size: [2, 3], stride: [3, 1], pad: "valid" },
      { shape: [2, 41, 6, 20], size: 3, stride: 2, pad: 1 },
      { shape: [1, 50, 5, 8], size: 5, stride: 1, pad: "same" },
      { shape: [1, 49, 4, 9], size: 2, stride: 3, pad: "valid" },
    ] as const;
    for (const { shape, size, stride, pad } of cases) {
      await subject.agreesWithStock(`max pool of [${shape}]`, () =>
        withGradients(
          [noise([...shape], 1)],
          (x) => tf.maxPool(x as tf.Tensor4D, size as number, stride as number, pad),
        ));
    }
  });

  subject.test("of equal values in a window the first gets max pooling's gradient", async () => {
    for (const channels of [5, 12]) {
      await subject.agreesWithStock("max pool", () =>
        withGradients(
          [tf.round(tf.mul(noise([2, 9, 9, channels], 1), 1.5))],
          (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 1),
        ));
    }
  });

  subject.test(
    "the mean over height and width, and its gradient, agree with stock tfjs",
    async () => {
      for (const shape of [[4, 7, 7, 24], [1, 1, 1, 3], [2, 33, 9, 17], [3, 2, 50, 960]]) {
        await subject.agreesWithStock(
          `mean of [${shape}]`,
          () => withGradients([noise(shape, 1)], (x) => tf.mean(x, [1, 2])),
        );
      }
    },
  );

  subject.test(
    "matrix products, all four transpositions and their gradients, agree with stock tfjs",
    async () => {
      const shapes = subject.shapes(
        [[4, 1280, 2], [4, 40, 104]],
        [[1, 1, 1], [5, 3, 17], [13, 24, 40], [100, 70, 33]],
      );
      for (const [m, k, n] of shapes) {
        for (const transposeA of [false, true]) {
          for (const transposeB of [false, true]) {
            await subject.agreesWithStock(`[${m}, ${k}]·[${k}, ${n}]`, () =>
              withGradients(
                [noise(transposeA ? [k, m] : [m, k], 1), noise(transposeB ? [n, k] : [k, n], 2)],
                (a, b) => tf.matMul(a, b, transposeA, transposeB),
              ));
          }
        }
      }
    },
  );

  subject.test("parts of a tensor, and what comes back of a concatenation, are stock tfjs's", async () => {
    for (
      const [shape, sizes, axis] of [
        [[2, 7, 5], [1, 6], 1],
        [[5, 3], [2, 3], 0],
        [[2, 2, 8], [3, 4, 1], 2],
        [[300, 2], [1, 1], 1],
      ] as const
    ) {
      await subject.agreesWithStock(`[${shape}] in ${sizes}`, () => {
        const x = noise([...shape], 1);
        const parts = tf.split(x, [...sizes], axis);
        const back = tf.grads((...parts: tf.Tensor[]) =>
          tf.sum(tf.mul(tf.concat(parts, axis), noise([...shape], 2)))
        );
        return [...parts, ...back(parts)];
      });
    }
  });

  subject.test("dimensions in another order, and what comes back of them, are stock tfjs's", async () => {
    const cases = subject.shapes(
      [[[2, 2, 3, 8], [0, 2, 1, 3]]],
      [[[70, 2, 9, 5], [0, 2, 1, 3]], [[2, 3, 4, 5], [0, 3, 1, 2]], [[3, 4], [1, 0]]],
    );
    for (const [shape, order] of cases) {
      await subject.agreesWithStock(
        `[${shape}] as [${order}]`,
        () => withGradients([noise(shape, 1)], (x) => tf.transpose(x, order)),
      );
    }
  });

  subject.test("batched matrix products agree with stock tfjs", async () => {
    await subject.agreesWithStock(
      "matMul",
      () => [tf.matMul(noise([3, 4, 5], 1), noise([3, 5, 6], 2))],
    );
  });

  subject.test(
    "elementwise operations agree with stock tfjs for every kind of broadcast",
    async () => {
      const shapes = [
        [[2, 3, 5, 17], [2, 3, 5, 17]],
        [[2, 3, 5, 17], [17]],
        [[17], [2, 3, 5, 17]],
        [[2, 3, 5, 16], []],
        [[], [1]],
        [[2, 1, 1, 24], [2, 3, 5, 24]],
        [[2, 3, 5, 24], [1, 3, 5, 1]],
        [[4, 1], [1, 6]],
        [[2, 3, 1, 4, 1], [1, 3, 2, 1, 5]],
        [[64, 1024], [64, 1024]],
      ];
      for (const [a, b] of shapes) {
        await subject.agreesWithStock(`[${a}] with [${b}]`, () => {
          const x = noise(a, 1), y = tf.add(noise(b, 2), 3);
          return [tf.add(x, y), tf.sub(x, y), tf.mul(x, y), tf.div(x, y)];
        });
      }
    },
  );

  subject.test("elementwise operations of integers and booleans keep their type", async () => {
    const sum = tf.tidy(() => tf.add(tf.tensor1d([1, 2], "int32"), tf.tensor1d([3, 4], "int32")));
    assert.equal(sum.dtype, "int32");
    assert.deepEqual([...await sum.data()], [4, 6]);
    const either = tf.tidy(() =>
      tf.logicalOr(tf.tensor1d([true, false], "bool"), tf.tensor1d([0, 0], "bool"))
    );
    assert.deepEqual([...await either.data()].map(Number), [1, 0]);
    tf.dispose([sum, either]);
  });

  subject.test("relu and relu6 and their gradients agree with stock tfjs", async () => {
    for (const size of [1, 7, 8, 40000]) {
      const wide = () => tf.mul(noise([size], 1), 12);
      await subject.agreesWithStock(
        "relu",
        () => withGradients([noise([size], 1)], (x) => tf.relu(x)),
      );
      await subject.agreesWithStock("relu6", () => withGradients([wide()], (x) => tf.relu6(x)));
    }
  });
}
