/** A lazy tensor is never told apart from an eager one, whenever it is read, shared or disposed. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import type { Activation } from "../../../backend/ops/activation.ts";
import { batchNormInference } from "../../../backend/ops/batch_norm_inference.ts";
import { batchNormTrain } from "../../../backend/ops/batch_norm_train.ts";
import { sgdMomentum } from "../../../backend/ops/sgd_momentum.ts";
import { assertNear, noise, withGradients } from "../compare.ts";
import { variables } from "./epilogue.ts";
import { STOCK, type Subject } from "./subject.ts";

const SHAPE: [number, number, number, number] = [2, 6, 5, 16];

/** Batch norm with weights of its own; lazy on our backends if it has an activation. */
export function normalized(
  x: tf.Tensor,
  activation: Activation = "relu6",
  residual?: tf.Tensor,
): tf.Tensor4D {
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

const filter = (size: number, channels: number, filters: number) =>
  noise([size, size, channels, filters], 7) as tf.Tensor4D;

/** Filters of 16 channels, one for each way of computing `convolve`. */
export const FILTERS: Record<string, [number, number, number, number]> = {
  "a 1×1 convolution": [1, 1, 16, 16],
  "a gathered convolution": [5, 5, 16, 16],
  "a convolution by Winograd's algorithm": [3, 3, 16, 16],
  "a depthwise convolution": [3, 3, 16, 1],
};

/** Depthwise where the filter's last dimension is 1; stride 1, the padding that keeps the size. */
export function convolve(x: tf.Tensor4D, weights: tf.Tensor4D): tf.Tensor4D {
  const operation = weights.shape[3] === 1 ? tf.depthwiseConv2d : tf.conv2d;
  return operation(x, weights, 1, "same");
}

const READERS: Record<string, (y: tf.Tensor4D, channels: number) => tf.Tensor> = {
  "a 1×1 convolution": (y, c) => tf.conv2d(y, filter(1, c, 12), 1, 0),
  "a strided 1×1 convolution": (y, c) => tf.conv2d(y, filter(1, c, 3), 2, 0),
  "a 3×3 convolution": (y, c) => tf.conv2d(y, filter(3, c, 4), 1, 1),
  "a depthwise convolution": (y, c) => tf.depthwiseConv2d(y, filter(3, c, 1), 2, 1),
  "an operation of tfjs": (y) => tf.exp(y),
  "a reshape and an operation of tfjs": (y) => tf.relu(tf.reshape(y, [-1, y.shape[3]])),
  "a convolution over other channels": (y, c) =>
    tf.conv2d(
      tf.reshape(y, [y.shape[0], y.shape[1], -1, 2 * c]) as tf.Tensor4D,
      filter(1, 2 * c, 4),
      1,
      0,
    ),
  "a product of matrices of other columns": (y, c) =>
    tf.matMul(tf.reshape(y, [-1, 2 * c]), noise([2 * c, 3], 7)),
  "a mean over other channels": (y, c) =>
    tf.mean(tf.reshape(y, [y.shape[0], y.shape[1], -1, 2 * c]), [1, 2]),
  "a convolution and a batch norm over other channels": (y, c) =>
    normalized(tf.reshape(tf.conv2d(y, filter(1, c, 16), 1, 0), [2, 5, -1, 8]) as tf.Tensor4D),
  "nothing but a reader": (y) => y.clone(),
  "two operations": (y, c) => tf.add(tf.sum(tf.conv2d(y, filter(1, c, 2), 1, 0)), tf.sum(y)),
};

export function lazyContract(subject: Subject): void {
  for (const [reader, read] of Object.entries(READERS)) {
    subject.test(
      `a batch norm read by ${reader}, and its gradients, agree with stock tfjs`,
      async () => {
        for (const channels of [5, 8]) {
          await subject.agreesWithStock(reader, () =>
            withGradients(
              [noise([2, 5, 6, channels], 5), noise([1, 1, channels, channels], 6)],
              (x, w) => {
                // The gradient of this batch norm is lazy, too, and read by a convolution's gradients.
                const z = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 0);
                return read(normalized(z), channels);
              },
            ), 5e-5);
        }
      },
    );
  }

  for (const [kind, make] of Object.entries(LAZY)) {
    subject.test(`${kind} survives whatever is done to it`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
          const ours = await perform(subject, make, acts);
          const stock = await perform(STOCK, make, acts);
          stock.forEach((values, i) => assertNear(`value ${i} read`, ours[i], values, 1e-4));
        }),
        { numRuns: 15, seed: 24 },
      );
    });
  }

  subject.test(
    "batch norms in a row, and one whose residual is lazy, agree with stock tfjs",
    async () => {
      for (const activation of ["linear", "relu", "relu6", "silu"] as const) {
        await subject.agreesWithStock(activation, () => {
          const f = (x: tf.Tensor) => {
            const a = normalized(x, activation);
            const b = normalized(a, "relu6");
            return normalized(b, activation, a);
          };
          return withGradients([noise(SHAPE, 1)], f);
        }, 2e-4);
      }
    },
  );

  subject.test("gradients that flow into a batch norm from several places add up", async () => {
    await subject.agreesWithStock("gradient", () =>
      withGradients([noise(SHAPE, 1)], (x) => {
        const y = normalized(x);
        const a = tf.conv2d(y, filter(3, 16, 8), 1, "same");
        const b = tf.conv2d(y, filter(1, 16, 8), 1, 0);
        return tf.add(tf.add(a, b), tf.slice(y, [0, 0, 0, 0], [2, 6, 5, 8]));
      }), 1e-4);
  });

  for (const [kind, shape] of Object.entries(FILTERS)) {
    subject.test(`${kind}'s gradient for a batch norm is whole for whoever else reads it`, async () => {
      for (const activation of ["relu", "silu"] as const) {
        await subject.agreesWithStock(activation, () => {
          const weights = noise(shape, 7) as tf.Tensor4D;
          const kept: tf.Tensor[] = [];
          const look = tf.customGrad((y) => ({
            value: (y as tf.Tensor).clone(),
            gradFunc: (dy: tf.Tensor) => {
              kept.push(tf.keep(dy.clone()));
              return dy;
            },
          }));
          const f = (x: tf.Tensor) =>
            convolve(look(normalized(x, activation)) as tf.Tensor4D, weights);
          // Also of what is no part of the gradients that are asked for.
          const y = normalized(noise(SHAPE, 1), activation);
          const alone = tf.grad((y) => tf.sum(convolve(y as tf.Tensor4D, weights)))(y);
          return [...withGradients([noise(SHAPE, 1)], f), alone, ...kept.splice(0)];
        }, 1e-4);
      }
    });
  }

  for (const [kind, shape] of Object.entries(FILTERS)) {
    subject.test(`${kind} read after its operands moved is that of the old ones`, async () => {
      await subject.agreesWithStock(kind, () => {
        const x = tf.variable(noise([1, 21, 22, 16], 1)) as tf.Variable<tf.Rank.R4>;
        const weights = tf.variable(noise(shape, 7)) as tf.Variable<tf.Rank.R4>;
        const bias = tf.variable(noise([16], 3));
        const moved = [x, weights, bias];
        const z = convolve(x, weights), y = tf.add(convolve(x, weights), bias);
        const buffers = moved.map((variable) => tf.variable(tf.zerosLike(variable)));
        sgdMomentum(moved, moved.map((variable) => noise(variable.shape, 4)), buffers, 0.5, 0.9);
        const results = [y.clone(), z.clone(), convolve(x, weights)];
        tf.dispose([...moved, ...buffers]);
        return results;
      }, 5e-5);
    });

    subject.test(`${kind} with several readers gives each the same values`, async () => {
      await subject.agreesWithStock(kind, () => {
        const x = noise([1, 21, 22, 16], 1) as tf.Tensor4D;
        const z = convolve(x, noise(shape, 7) as tf.Tensor4D);
        const a = batchNormInference(z, variables(16), { activation: "relu6" });
        const b = batchNormInference(z, variables(16), { residual: z });
        return [tf.relu(z), a, normalized(z), b, tf.exp(z), tf.add(a, b), tf.relu6(a)];
      }, 1e-4);
    });
  }

  subject.test("running buffers that move on do not change what they normalised", async () => {
    await subject.agreesWithStock("batch norm", () => {
      const bn = variables(16);
      const runningMean = tf.variable(bn.runningMean) as tf.Variable<tf.Rank.R1>;
      const runningVariance = tf.variable(bn.runningVariance) as tf.Variable<tf.Rank.R1>;
      const moving = { ...bn, runningMean, runningVariance };
      const z = tf.conv2d(noise(SHAPE, 1) as tf.Tensor4D, filter(1, 16, 16), 1, 0);
      const before = batchNormInference(z, moving);
      batchNormTrain(z, moving);
      const results = [before, batchNormInference(z, moving)];
      tf.dispose([runningMean, runningVariance]);
      return results;
    }, 5e-5);
  });

  subject.test("gradients of a convolution that is read by several are those of tfjs", async () => {
    await subject.agreesWithStock(
      "gradients",
      () =>
        withGradients([noise([1, 21, 22, 16], 1), filter(3, 16, 16)], (x, weights) => {
          const z = tf.conv2d(x as tf.Tensor4D, weights as tf.Tensor4D, 1, 1);
          const bias = tf.add(z, noise([16], 3));
          return tf.add(tf.add(normalized(z), tf.relu(z)), tf.relu6(bias));
        }),
      1e-4,
    );
  });

  subject.test("a gradient read after the weights moved is that of the old weights", async () => {
    await subject.agreesWithStock("gradient", () => {
      const weights = tf.variable(filter(3, 16, 8)) as tf.Variable<tf.Rank.R4>;
      const buffer = tf.variable(tf.zerosLike(weights));
      const { grads } = tf.variableGrads(() => {
        const y = normalized(tf.conv2d(noise(SHAPE, 1) as tf.Tensor4D, weights, 1, 1));
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
}

const LAZY: Record<string, () => tf.Tensor> = {
  "a batch norm": () => normalized(noise(SHAPE, 1)),
  "a lazy gradient": () => tf.grad((x) => tf.sum(tf.tanh(normalized(x, "relu"))))(noise(SHAPE, 1)),
  "a convolution": () => tf.conv2d(noise(SHAPE, 1) as tf.Tensor4D, filter(1, 16, 16), 1, 0),
  "a convolution by Winograd's algorithm": () => {
    const x = tf.pad(noise(SHAPE, 1), [[0, 0], [7, 7], [7, 7], [0, 0]]) as tf.Tensor4D;
    return tf.slice(tf.conv2d(x, filter(3, 16, 16), 1, 1), [0, 7, 7, 0], SHAPE);
  },
  "a depthwise convolution and what follows it": () => {
    const z = tf.depthwiseConv2d(noise(SHAPE, 1) as tf.Tensor4D, filter(3, 16, 1), 1, 1);
    return batchNormInference(z, variables(16), { activation: "relu6" });
  },
};

/** What may happen to the tensors there are, the lazy one and what came of it. */
const ACTS = {
  read: undefined,
  dispose: undefined,
  clone: (t: tf.Tensor) => t.clone(),
  reshape: (t: tf.Tensor) => tf.reshape(t, [1, 12, 5, 16]),
  convolve: (t: tf.Tensor) => tf.conv2d(t as tf.Tensor4D, filter(1, 16, 16), 1, 0),
  filter: (t: tf.Tensor) => tf.depthwiseConv2d(t as tf.Tensor4D, filter(3, 16, 1), 1, 1),
  normalize: (t: tf.Tensor) => normalized(t),
  fold: (t: tf.Tensor) => batchNormInference(tf.reshape(t, SHAPE) as tf.Tensor4D, variables(16)),
  shift: (t: tf.Tensor) => tf.add(t, noise([16], 8)),
  double: (t: tf.Tensor) => tf.add(t, t),
  add: (t: tf.Tensor) => tf.add(t, noise(t.shape, 9)),
  relu: (t: tf.Tensor) => tf.relu(t),
  shrink: (t: tf.Tensor) => tf.tanh(t),
};

const act = fc.record({
  kind: fc.constantFrom(...Object.keys(ACTS) as (keyof typeof ACTS)[]),
  of: fc.nat(),
});

type Act = { kind: keyof typeof ACTS; of: number };

/** Everything that was read on the way, and what was left at the end. */
async function perform(
  subject: Subject,
  make: () => tf.Tensor,
  acts: Act[],
): Promise<Float32Array[]> {
  await subject.activate();
  const there = [tf.tidy(make)], read: Float32Array[] = [];
  for (const { kind, of } of acts) {
    if (there.length === 0) break;
    const at = of % there.length, tensor = there[at];
    const make = ACTS[kind];
    if (make) there.push(tf.tidy(() => make(tensor)));
    else if (kind === "read") read.push((await tensor.data<"float32">()).slice());
    else {
      there.splice(at, 1);
      tensor.dispose();
    }
  }
  for (const tensor of there) read.push(await tensor.data<"float32">());
  tf.dispose(there);
  return read;
}
