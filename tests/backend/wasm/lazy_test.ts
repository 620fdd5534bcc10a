/** A lazy tensor is never told apart from an eager one, whenever it is read, shared or disposed. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { type Activation, batchNormTrain, sgdMomentum } from "../../../backend/ops.ts";
import { WASM_BACKEND } from "../../../backend/wasm/mod.ts";
import type { WasmBackend } from "../../../backend/wasm/backend.ts";
import { agreesWithStock, noise } from "./compare.ts";

const SHAPE: [number, number, number, number] = [2, 6, 5, 16];

function normalize(x: tf.Tensor, activation: Activation = "relu6", residual?: tf.Tensor) {
  const channels: [number] = [x.shape[3]!];
  return tf.tidy(() => {
    const vector = (seed: number) => tf.add(noise(channels, seed), 1.2) as tf.Tensor1D;
    const running = () => tf.variable(tf.zeros(channels)) as tf.Variable<tf.Rank.R1>;
    const bn = {
      weight: vector(2),
      bias: vector(3),
      runningMean: running(),
      runningVariance: running(),
    };
    const y = batchNormTrain(x as tf.Tensor4D, bn, {
      activation,
      residual: residual as tf.Tensor4D,
    });
    tf.dispose([bn.runningMean, bn.runningVariance]);
    return y;
  });
}

const filter = (channels: number) => noise([3, 3, channels, 8], 5) as tf.Tensor4D;

async function backend(): Promise<WasmBackend> {
  await tf.setBackend(WASM_BACKEND);
  return tf.backend() as WasmBackend;
}

Deno.test("batch norm with an activation is lazy, and reading it computes it once", async () => {
  const wasm = await backend();
  tf.tidy(() => {
    const y = normalize(noise(SHAPE, 1));
    assert.equal(wasm.dataOf(y).lazy?.kind, "normalized");
    const first = y.dataSync();
    assert.equal(wasm.dataOf(y).lazy, undefined);
    assert.deepEqual(y.dataSync(), first);
  });
});

Deno.test("a lazy tensor keeps its values when its input is disposed before it is read", async () => {
  await agreesWithStock("y", () => {
    const x = noise(SHAPE, 1);
    const y = normalize(x);
    x.dispose();
    noise(SHAPE, 7); // takes the memory of x, had it been freed
    return [y];
  });
});

Deno.test("clones and reshapes of a lazy tensor have its values, read in any order", async () => {
  await agreesWithStock("clones", () => {
    const y = normalize(noise(SHAPE, 1));
    const clone = y.clone(), flat = tf.reshape(y, [-1]);
    y.dispose();
    return [flat, clone, tf.add(clone, 1)];
  });
});

Deno.test("a lazy tensor feeds several operations, ours and stock ones", async () => {
  await agreesWithStock("uses", () => {
    const y = normalize(noise(SHAPE, 1)) as tf.Tensor4D;
    return [
      tf.conv2d(y, noise([1, 1, 16, 24], 5) as tf.Tensor4D, 1, 0),
      tf.conv2d(y, filter(16), 2, 1),
      tf.depthwiseConv2d(y, noise([3, 3, 16, 1], 5) as tf.Tensor4D, 1, "same"),
      tf.maxPool(y, 3, 2, 1),
      tf.mean(y, [1, 2]),
      tf.transpose(y, [0, 3, 1, 2]),
      tf.mul(y, y),
      y,
    ];
  }, 5e-5);
});

Deno.test("batch norms in a row, and one whose residual is lazy, agree with stock tfjs", async () => {
  for (const activation of ["linear", "relu", "relu6"] as const) {
    await agreesWithStock(activation, () => {
      const f = (x: tf.Tensor) => {
        const a = normalize(x, activation);
        const b = normalize(a, "relu6");
        return normalize(b, activation, a);
      };
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
        tf.sum(tf.mul(f(x), noise(SHAPE, 9)))
      )(noise(SHAPE, 1));
      return [value, grad];
    }, 2e-4);
  }
});

Deno.test("gradients that flow into a batch norm from several places add up", async () => {
  await agreesWithStock("gradient", () => {
    const f = (x: tf.Tensor) => {
      const y = normalize(x) as tf.Tensor4D;
      const a = tf.conv2d(y, filter(16), 1, "same");
      const b = tf.conv2d(y, noise([1, 1, 16, 8], 6) as tf.Tensor4D, 1, 0);
      return tf.add(tf.add(a, b), tf.slice(y, [0, 0, 0, 0], [2, 6, 5, 8]));
    };
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
      tf.sum(tf.mul(f(x), noise([2, 6, 5, 8], 9)))
    )(noise(SHAPE, 1));
    return [value, grad];
  }, 1e-4);
});

Deno.test("a lazy tensor that is never read is freed with all that it holds", async () => {
  const wasm = await backend();
  const tensors = tf.memory().numTensors, bytes = wasm.heap.bytesInUse;
  for (let i = 0; i < 3; i++) {
    const x = noise(SHAPE, 1);
    const y = normalize(x);
    if (i === 1) y.dataSync();
    tf.dispose(i === 2 ? [y, x] : [x, y]);
  }
  assert.equal(tf.memory().numTensors, tensors);
  assert.equal(wasm.heap.bytesInUse, bytes);
});

Deno.test("a gradient read after the weights moved is that of the old weights", async () => {
  await agreesWithStock("gradient", () => {
    const weights = tf.variable(noise([3, 3, 16, 8], 5)) as tf.Variable<tf.Rank.R4>;
    const buffer = tf.variable(tf.zerosLike(weights));
    const { grads } = tf.variableGrads(() => {
      const y = normalize(tf.conv2d(noise(SHAPE, 1) as tf.Tensor4D, weights, 1, 1));
      return tf.sum(tf.mul(y, noise(y.shape, 9))) as tf.Scalar;
    }, [weights]);
    const gradient = grads[weights.name];
    const alias = tf.reshape(gradient, [-1]);
    sgdMomentum([weights], [gradient], [buffer], 0.5, 0.9);
    const results = [alias, weights.clone(), buffer.clone()];
    tf.dispose([weights, buffer]);
    return results;
  }, 5e-5);
});

Deno.test("a convolution leaves batch statistics only while a batch norm uses them", async () => {
  const wasm = await backend();
  tf.tidy(() => {
    const x = noise(SHAPE, 1) as tf.Tensor4D, weights = filter(16);
    const leavesStatistics = (use: (y: tf.Tensor) => void) => {
      const y = tf.conv2d(x, weights, 1, 1);
      const left = wasm.dataOf(y).statistics !== undefined;
      use(y);
      y.dispose();
      return left;
    };
    const intoBatchNorm = (y: tf.Tensor) => void normalize(y);
    const elsewhere = (y: tf.Tensor) => void tf.relu(y);
    assert.equal(leavesStatistics(elsewhere), true); // nothing is known of it yet
    assert.equal(leavesStatistics(elsewhere), false);
    assert.equal(leavesStatistics(intoBatchNorm), false);
    assert.equal(leavesStatistics(intoBatchNorm), true);
    assert.equal(leavesStatistics(intoBatchNorm), true);
  });
});

Deno.test("values handed out do not change when the memory is used again", async () => {
  await backend();
  const x = tf.tensor1d([1, 2, 3]);
  const values = x.dataSync();
  x.dispose();
  const y = tf.tensor1d([4, 5, 6]);
  assert.deepEqual([...values], [1, 2, 3]);
  y.dispose();
});

Deno.test("a tensor keeps its values when the array that it was made of changes", async () => {
  await backend();
  const values = Float32Array.of(1, 2, 3);
  const x = tf.tensor1d(values);
  values[0] = 9;
  assert.deepEqual([...x.dataSync()], [1, 2, 3]);
  x.dispose();
});
