import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { sgdMomentum, softmaxCrossEntropy } from "../../../backend/ops.ts";
import { WASM_BACKEND } from "../../../backend/wasm/mod.ts";
import { agreesWithStock, noise, withGradients } from "./compare.ts";

Deno.test("max pooling and its gradient agree with stock tfjs", async () => {
  const cases = [
    { shape: [2, 9, 9, 16], size: 3, stride: 2, pad: 1 },
    { shape: [1, 8, 7, 5], size: 3, stride: 2, pad: 1 },
    { shape: [3, 6, 6, 1], size: 2, stride: 2, pad: "valid" },
    { shape: [1, 7, 7, 17], size: 3, stride: 1, pad: "same" },
    { shape: [1, 5, 9, 24], size: [2, 3], stride: [3, 1], pad: "valid" },
  ] as const;
  for (const { shape, size, stride, pad } of cases) {
    await agreesWithStock(`max pool of [${shape}]`, () =>
      withGradients(
        [noise([...shape], 1)],
        (x) => tf.maxPool(x as tf.Tensor4D, size as number, stride as number, pad),
      ));
  }
});

Deno.test("of equal values in a window the first gets max pooling's gradient", async () => {
  await agreesWithStock("max pool", () =>
    withGradients(
      [tf.round(tf.mul(noise([2, 9, 9, 12], 1), 1.5))],
      (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 1),
    ));
});

Deno.test("the mean over height and width, and its gradient, agree with stock tfjs", async () => {
  for (const shape of [[4, 7, 7, 24], [1, 1, 1, 3], [2, 33, 9, 17], [3, 2, 50, 960]]) {
    await agreesWithStock(
      `mean of [${shape}]`,
      () => withGradients([noise(shape, 1)], (x) => tf.mean(x, [1, 2])),
    );
  }
});

Deno.test("matrix products, all four transpositions and their gradients, agree with stock tfjs", async () => {
  for (const [m, k, n] of [[1, 1, 1], [4, 1280, 2], [5, 3, 17], [13, 24, 40], [100, 70, 33]]) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        await agreesWithStock(`[${m}, ${k}]·[${k}, ${n}]`, () =>
          withGradients(
            [noise(transposeA ? [k, m] : [m, k], 1), noise(transposeB ? [n, k] : [k, n], 2)],
            (a, b) => tf.matMul(a, b, transposeA, transposeB),
          ));
      }
    }
  }
});

Deno.test("batched matrix products are stock tfjs's", async () => {
  await agreesWithStock("matMul", () => [tf.matMul(noise([3, 4, 5], 1), noise([3, 5, 6], 2))]);
});

Deno.test("elementwise operations agree with stock tfjs for every kind of broadcast", async () => {
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
    await agreesWithStock(`[${a}] with [${b}]`, () => {
      const x = noise(a, 1), y = tf.add(noise(b, 2), 3);
      return [tf.add(x, y), tf.sub(x, y), tf.mul(x, y), tf.div(x, y)];
    });
  }
});

Deno.test("elementwise operations of integers and booleans are stock tfjs's", async () => {
  await tf.setBackend(WASM_BACKEND);
  tf.tidy(() => {
    const sum = tf.add(tf.tensor1d([1, 2], "int32"), tf.tensor1d([3, 4], "int32"));
    assert.equal(sum.dtype, "int32");
    assert.deepEqual([...sum.dataSync()], [4, 6]);
    const either = tf.logicalOr(tf.tensor1d([true, false], "bool"), tf.tensor1d([0, 0], "bool"));
    assert.deepEqual([...either.dataSync()], [1, 0]);
  });
});

Deno.test("relu and relu6 and their gradients agree with stock tfjs", async () => {
  for (const size of [1, 7, 8, 40000]) {
    await agreesWithStock("relu", () => withGradients([noise([size], 1)], (x) => tf.relu(x)));
    const wide = () => tf.mul(noise([size], 1), 12);
    await agreesWithStock("relu6", () => withGradients([wide()], (x) => tf.relu6(x)));
  }
});

Deno.test("softmax cross-entropy and its gradient agree with stock tfjs", async () => {
  for (const [batch, classes] of [[1, 2], [4, 2], [7, 1000]]) {
    await agreesWithStock("loss", () => {
      const labels = tf.tensor1d(
        Array.from({ length: batch }, (_, i) => i * 31 % classes),
        "int32",
      );
      const logits = tf.mul(noise([batch, classes], 1), 20);
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
        tf.mul(softmaxCrossEntropy(x as tf.Tensor2D, labels), 3)
      )(logits);
      return [value, grad];
    });
  }
});

Deno.test("a label that names no class is refused", async () => {
  await tf.setBackend(WASM_BACKEND);
  const logits = tf.zeros([2, 3]) as tf.Tensor2D, labels = tf.tensor1d([0, 3], "int32");
  assert.throws(() => softmaxCrossEntropy(logits, labels), /label 3 of photo 1/);
  tf.dispose([logits, labels]);
});

Deno.test("three steps of SGD with momentum agree with stock tfjs", async () => {
  await agreesWithStock("sgd", () => {
    const shapes = [[1], [7], [3, 3, 5, 17], [200, 100]];
    const parameters = shapes.map((shape, i) => tf.variable(noise(shape, i)));
    const buffers = parameters.map((parameter) => tf.variable(tf.zerosLike(parameter)));
    for (let step = 0; step < 3; step++) {
      const gradients = shapes.map((shape, i) => noise(shape, 10 * step + i + 7));
      sgdMomentum(parameters, gradients, buffers, 0.1, 0.9);
    }
    const results = [...parameters, ...buffers].map((variable) => variable.clone());
    tf.dispose([...parameters, ...buffers]);
    return results;
  });
});
