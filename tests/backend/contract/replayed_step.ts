/** A step that is recorded and replayed is the step that is computed, on every backend that does so. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  ComputedStep,
  type RepeatedStep,
  type StepComputation,
  type StepInput,
} from "../../../backend/repeat.ts";
import { assertNear, noise, noiseValues } from "../compare.ts";
import { BATCH, computed, type Network, SIDE, type State, STATES, train } from "./repeated_step.ts";

interface Replayed<S> extends RepeatedStep<S> {
  readonly isReplaying: boolean;
  readonly computedBecause?: string;
}

/** More than any backend computes before it replays, and has on its way. */
const STEPS = 12;

/** The first output's first value in steps of the states 0, 1 and so on. */
async function firstValues(step: RepeatedStep<number>): Promise<number[]> {
  const results = [];
  for (let i = 0; i < STEPS; i++) results.push(...await step.run(i));
  results.push(...await step.finish());
  assert.deepEqual(results.map(({ state }) => state), [...Array(STEPS).keys()]);
  return results.map(({ outputs }) => outputs[0][0]);
}

/**
 * @param Step the backend's own
 * @param inUse what there must be no more of after a step's error
 */
export function replayContract(
  test: (name: string, body: () => Promise<void>) => void,
  Step: new <S>(compute: StepComputation<S>) => Replayed<S>,
  inUse = () => tf.memory().numTensors,
): void {
  const replayed = (network: Network) => new Step(network.compute);

  test("replayed steps are computed steps to the last bit, with rates and masks that change", async () => {
    const tensors = tf.memory().numTensors;
    const expected = await train(computed);
    let step: Replayed<State>;
    const actual = await train((network) => step = replayed(network));
    assert.equal(step!.computedBecause, undefined);
    assert.deepEqual(actual, expected);
    assert.equal(tf.memory().numTensors, tensors);
  });

  test("other work between two replays changes nothing, nor do replays change it", async () => {
    const expected = await train(computed);
    const kept: tf.Tensor[] = [];
    let clone: tf.Tensor;
    const actual = await train(replayed, STATES, (network, i) => {
      // Of the sizes that the step's own tensors have.
      kept.push(tf.tidy(() => tf.add(noise([BATCH, SIDE, SIDE, 8], i), 1)));
      if (i === 3) clone = network.parameters[0].clone();
      tf.dispose(tf.add(network.parameters[0], 1));
    });
    assert.deepEqual(actual, expected);
    for (const [i, tensor] of kept.entries()) {
      const values = noiseValues(BATCH * SIDE * SIDE * 8, i).map((value) => value + 1);
      assertNear("a tensor from between", await tensor.data(), values, 1e-6);
    }
    tf.dispose([...kept, clone!]);
  });

  test("a variable that is given other values between two steps is noticed", async () => {
    const held: tf.Tensor[] = [];
    const reset = (network: Network, i: number) => {
      const [parameter, other] = network.parameters;
      if (i === 7) held.push(parameter.clone());
      if (i === 8) tf.tidy(() => parameter.assign(noise([3, 3, 3, 8], 50)));
      if (i === 10) tf.tidy(() => other.assign(noise([8], 51)));
    };
    const expected = await train(computed, STATES, reset);
    const actual = await train(replayed, STATES, reset);
    assert.deepEqual(actual, expected);
    tf.dispose(held);
  });

  const replacements: Record<
    string,
    (weights: tf.Variable<tf.Rank.R2>, loss: () => tf.Scalar) => void
  > = {
    "by assigning": (weights) => weights.assign(tf.mul(weights, tf.scalar(0.5))),
    "by an optimizer of tfjs's": (weights, loss) =>
      void tf.train.momentum(0.1, 0.9).minimize(loss, false, [weights]),
  };
  for (const [how, replace] of Object.entries(replacements)) {
    test(`a step that replaces its variables ${how} is computed each time, and says why`, async () => {
      const all: number[][] = [];
      for (const Kind of [ComputedStep, Step]) {
        const weights = tf.variable(noise([5, 3], 1) as tf.Tensor2D);
        const compute = (input: StepInput<number>) => {
          const x = input([4, 5], "float32", (seed) => noiseValues(20, seed)) as tf.Tensor2D;
          const y = tf.matMul(x, weights);
          replace(weights, () => tf.mean(tf.square(tf.matMul(x, weights))) as tf.Scalar);
          return [y];
        };
        const step = new Kind(compute);
        all.push(await firstValues(step));
        if (step instanceof Step) {
          assert.match(step.computedBecause!, /replace|leaves|in JavaScript/);
        }
        step.dispose();
        tf.dispose(weights);
      }
      assert.deepEqual(all[1], all[0]);
    });
  }

  test("a value of JavaScript that changes without being declared is noticed", async () => {
    let factor = 1;
    const step = new Step<number>(
      () => [tf.mul(tf.ones([300]), tf.tensor1d(Array(300).fill(factor++)))],
    );
    assert.deepEqual(await firstValues(step), [...Array(STEPS).keys()].map((i) => i + 1));
    assert.match(step.computedBecause!, /values from (JavaScript|the CPU) that change/);
    step.dispose();
  });

  test("an error of the step itself leaves the backend as it was", async () => {
    let fails = true;
    const before = inUse();
    const step = new Step<number>((input) => {
      const x = input([4], "float32", (value) => Float32Array.of(value, 1, 2, 3));
      const y = tf.relu(x);
      if (fails) throw new Error("no such layer");
      return [y];
    });
    await assert.rejects(step.run(0), /no such layer/);
    fails = false;
    assert.deepEqual(await firstValues(step), [...Array(STEPS).keys()]);
    assert.ok(step.isReplaying);
    step.dispose();
    assert.equal(inUse(), before);
  });

  test("values that do not fit their input are refused, in a replay too", async () => {
    const step = new Step<Float32Array>((input) => [
      tf.relu(input([2, 2], "float32", (values) => values)),
    ]);
    await assert.rejects(step.run(new Float32Array(3)), /shape \[2,2\] takes 4 values .* got 3/);
    for (let i = 0; i < STEPS; i++) await step.run(new Float32Array(4));
    assert.ok(step.isReplaying);
    await assert.rejects(step.run(new Float32Array(5)), /shape \[2,2\] takes 4 values .* got 5/);
    step.dispose();
  });
}
