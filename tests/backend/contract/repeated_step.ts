/** A network that learns by repeated steps, for backends that record and replay them. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { batchNormTrain } from "../../../backend/ops/batch_norm_train.ts";
import { sgdMomentum } from "../../../backend/ops/sgd_momentum.ts";
import { softmaxCrossEntropy } from "../../../backend/ops/softmax_cross_entropy.ts";
import { ComputedStep, type RepeatedStep, type StepInput } from "../../../backend/repeat.ts";
import { noise, noiseValues } from "../compare.ts";

export const BATCH = 3, SIDE = 9, CLASSES = 4;

export interface State {
  seed: number;
  lr: number;
}

/** A network of every kind of layer that is ours, with dropout, and its optimizer. */
export class Network {
  readonly parameters = [
    noise([3, 3, 3, 8], 1),
    tf.add(noise([8], 2), 1),
    noise([8], 3),
    noise([3, 3, 8, 1], 4),
    tf.add(noise([8], 5), 1),
    noise([8], 6),
    noise([8, CLASSES], 7),
  ].map((values) => tf.variable(values));
  readonly momenta = this.parameters.map((parameter) => tf.variable(tf.zerosLike(parameter)));
  readonly running = [0, 1, 0, 1].map((value) => tf.variable(tf.fill([8], value)));

  /** Loss and logits of a step. */
  compute = (input: StepInput<State>): tf.Tensor[] => {
    const images = input(
      [BATCH, SIDE, SIDE, 3],
      "float32",
      ({ seed }) => noiseValues(BATCH * SIDE * SIDE * 3, seed),
    );
    const labels = input(
      [BATCH],
      "int32",
      ({ seed }) => Int32Array.from({ length: BATCH }, (_, i) => (seed + i) % CLASSES),
    );
    const lr = input([], "float32", (state) => Float32Array.of(state.lr));
    const [stem, w1, b1, depthwise, w2, b2, head] = this.parameters as tf.Tensor[];
    let logits: tf.Tensor | undefined;
    const { value, grads } = tf.variableGrads(() => {
      let x: tf.Tensor = tf.conv2d(images as tf.Tensor4D, stem as tf.Tensor4D, 1, 1);
      x = this.#normalize(x, w1, b1, 0);
      const y = tf.depthwiseConv2d(x as tf.Tensor4D, depthwise as tf.Tensor4D, 1, 1);
      x = this.#normalize(y, w2, b2, 2, x);
      x = tf.maxPool(x as tf.Tensor4D, 3, 2, 1);
      const noise = input([BATCH, 8], "float32", ({ seed }) => noiseValues(BATCH * 8, seed + 1));
      logits = tf.keep(tf.matMul(tf.mul(tf.mean(x, [1, 2]), noise), head as tf.Tensor2D));
      return softmaxCrossEntropy(logits as tf.Tensor2D, labels as tf.Tensor1D);
    }, this.parameters);
    const ordered = this.parameters.map(({ name }) => grads[name]);
    sgdMomentum(this.parameters, ordered, this.momenta, lr, 0.9);
    return [value, logits!];
  };

  #normalize(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, at: number, residual?: tf.Tensor) {
    const [runningMean, runningVariance] = this.running.slice(at) as tf.Tensor[];
    return batchNormTrain(x as tf.Tensor4D, {
      weight: weight as tf.Tensor1D,
      bias: bias as tf.Tensor1D,
      runningMean: runningMean as tf.Tensor1D,
      runningVariance: runningVariance as tf.Tensor1D,
    }, { activation: "relu", residual: residual as tf.Tensor4D });
  }

  async values(): Promise<Float32Array[]> {
    const all = [...this.parameters, ...this.momenta, ...this.running];
    return await Promise.all(all.map(async (v) => (await v.data<"float32">()).slice()));
  }

  dispose(): void {
    tf.dispose([...this.parameters, ...this.momenta, ...this.running]);
  }
}

export const STATES: State[] = Array.from({ length: 12 }, (_, i) => ({
  seed: 100 + i,
  lr: i < 6 ? 0.1 : 0.01,
}));

/** Outputs of every step, in order, and what the variables are in the end. */
export async function train(
  make: (network: Network) => RepeatedStep<State>,
  states = STATES,
  between: (network: Network, step: number) => void = () => {},
) {
  let network!: Network;
  tf.tidy(() => void (network = new Network())); // its variables stay
  const step = make(network);
  const outputs: Float32Array[][] = [], seen: State[] = [];
  for (const [i, state] of states.entries()) {
    between(network, i);
    for (const result of await step.run(state)) {
      outputs.push(result.outputs);
      seen.push(result.state);
    }
  }
  for (const result of await step.finish()) {
    outputs.push(result.outputs);
    seen.push(result.state);
  }
  assert.deepEqual(seen, states);
  const values = await network.values();
  step.dispose();
  network.dispose();
  return { outputs, values };
}

export const computed = (network: Network) => new ComputedStep(network.compute);
