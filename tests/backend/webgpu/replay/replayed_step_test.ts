/** A step that is recorded and replayed is the step that is computed, whatever happens in between. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { ComputedStep, type StepInput } from "../../../../backend/repeat.ts";
import { Recording } from "../../../../backend/webgpu/replay/recording.ts";
import { ReplayedStep } from "../../../../backend/webgpu/replay/replayed_step.ts";
import { assertNear, noise, noiseValues } from "../../compare.ts";
import {
  BATCH,
  computed,
  Network,
  SIDE,
  type State,
  STATES,
  train,
} from "../../contract/repeated_step.ts";
import { WEBGPU } from "../subject.ts";

WEBGPU.test(
  "replayed steps are computed steps to the last bit, with rates and masks that change",
  async () => {
    const tensors = tf.memory().numTensors;
    const expected = await train(computed);
    let step: ReplayedStep<State>;
    const actual = await train((network) => step = new ReplayedStep(network.compute));
    assert.equal(step!.computedBecause, undefined);
    assert.ok(step!.isReplaying);
    assert.ok(step!.dispatches > 20);
    assert.deepEqual(actual, expected);
    assert.equal(tf.memory().numTensors, tensors);
  },
);

WEBGPU.test("other work between two replays changes nothing", async () => {
  const expected = await train(computed);
  const kept: tf.Tensor[] = [];
  const actual = await train(
    (network) => new ReplayedStep(network.compute),
    STATES,
    (network, i) => {
      // Of the sizes that the step's own tensors have.
      kept.push(tf.tidy(() => tf.add(noise([BATCH, SIDE, SIDE, 8], i), 1)));
      if (i === 3) kept.push(network.parameters[0].clone());
      tf.dispose(tf.add(network.parameters[0], 1));
    },
  );
  assert.deepEqual(actual, expected);
  kept.splice(4, 1)[0].dispose();
  for (const [i, tensor] of kept.entries()) {
    const values = noiseValues(BATCH * SIDE * SIDE * 8, i).map((value) => value + 1);
    assertNear("a tensor from between", await tensor.data(), values, 1e-6);
  }
  tf.dispose(kept);
});

WEBGPU.test("a variable that is given other values between two steps is noticed", async () => {
  const held: tf.Tensor[] = [];
  const reset = (network: Network, i: number) => {
    const [parameter, other] = network.parameters;
    if (i === 7) held.push(parameter.clone());
    if (i === 8) tf.tidy(() => parameter.assign(noise([3, 3, 3, 8], 50)));
    if (i === 10) tf.tidy(() => other.assign(noise([8], 51)));
  };
  const expected = await train(computed, STATES, reset);
  const actual = await train((network) => new ReplayedStep(network.compute), STATES, reset);
  assert.deepEqual(actual, expected);
  tf.dispose(held);
});

WEBGPU.test("a step that replaces its variables is computed each time, and says why", async () => {
  const losses: number[][] = [];
  for (const replayed of [false, true]) {
    const weights = tf.variable(noise([5, 3], 1));
    const optimizer = tf.train.momentum(0.1, 0.9);
    const compute = (input: StepInput<number>) => {
      const x = input([4, 5], "float32", (seed) => noiseValues(20, seed));
      return [
        optimizer.minimize(
          () =>
            tf.mean(tf.square(tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D))) as tf.Scalar,
          true,
          [weights],
        )!,
      ];
    };
    const step = replayed ? new ReplayedStep(compute) : new ComputedStep(compute);
    const results: number[] = [];
    for (let i = 0; i < 8; i++) {
      for (const { outputs } of await step.run(i)) results.push(outputs[0][0]);
    }
    for (const { outputs } of await step.finish()) results.push(outputs[0][0]);
    losses.push(results);
    if (step instanceof ReplayedStep) assert.match(step.computedBecause!, /replace|leaves/);
    step.dispose();
    tf.dispose([weights]);
    optimizer.dispose();
  }
  assert.deepEqual(losses[1], losses[0]);
});

WEBGPU.test("a value of the CPU that changes without being declared is noticed", async () => {
  let factor = 1;
  const step = new ReplayedStep<null>(
    () => [tf.mul(tf.ones([300]), tf.fill([300], 1).mul(tf.tensor1d(Array(300).fill(factor++))))],
  );
  const seen: number[] = [];
  for (let i = 0; i < 6; i++) {
    for (const { outputs } of await step.run(null)) seen.push(outputs[0][0]);
  }
  for (const { outputs } of await step.finish()) seen.push(outputs[0][0]);
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6]);
  assert.match(step.computedBecause!, /values from the CPU that change/);
  step.dispose();
});

WEBGPU.test("a replay that does not do what was recorded is an error, not a result", async () => {
  const { replay } = Recording.prototype;
  Recording.prototype.replay = function (encoder, state) {
    const last = this.commands.pop()!;
    replay.call(this, encoder, state);
    this.commands.push(last);
  };
  try {
    await assert.rejects(
      train((network) => new ReplayedStep(network.compute)),
      /a replayed step is not the step that was recorded: \d+ of \d+ tensors/,
    );
  } finally {
    Recording.prototype.replay = replay;
  }
});

WEBGPU.test("an error of the step itself leaves the backend as it was", async () => {
  let fails = true;
  const step = new ReplayedStep<number>((input) => {
    const x = input([4], "float32", (value) => Float32Array.of(value, 1, 2, 3));
    const y = tf.exp(x);
    if (fails) throw new Error("no such layer");
    return [y];
  });
  await assert.rejects(step.run(0), /no such layer/);
  fails = false;
  const results = [];
  for (let i = 0; i < 5; i++) results.push(...await step.run(i));
  results.push(...await step.finish());
  results.forEach(({ outputs }, i) =>
    assertNear("exp", outputs[0].slice(0, 1), [Math.exp(i)], 1e-6)
  );
  assert.equal(results.length, 5);
  step.dispose();
});

WEBGPU.test("2,000 steps need no more memory or tensors than the first ones", async () => {
  let network!: Network;
  tf.tidy(() => void (network = new Network()));
  const step = new ReplayedStep(network.compute);
  const memory = () => {
    const { numTensors, numBytes } = tf.memory();
    const { numBytesAllocatedInGPU } = tf.memory() as unknown as Record<string, number>;
    return { numTensors, numBytes, numBytesAllocatedInGPU, data: tf.backend().numDataIds() };
  };
  let results = 0, early: ReturnType<typeof memory> | undefined, resident = 0;
  for (let i = 0; i < 2000; i++) {
    results += (await step.run({ seed: i % 50, lr: 0.001 })).length;
    if (i === 200) {
      early = memory();
      resident = Deno.memoryUsage().rss;
    }
  }
  results += (await step.finish()).length;
  assert.equal(results, 2000);
  assert.deepEqual(memory(), early);
  const grown = (Deno.memoryUsage().rss - resident) / 2 ** 20;
  assert.ok(grown < 60, `${grown.toFixed(0)} MB more after 1,800 further steps`);
  step.dispose();
  network.dispose();
});

WEBGPU.test("a step that reads a tensor back is computed each time", async () => {
  const step = new ReplayedStep<number>((input) => {
    const x = input([4], "float32", (value) => Float32Array.of(value, 1, 2, 3));
    x.data().catch(() => {}); // tfjs fails where the tensor goes meanwhile
    return [tf.exp(x)];
  });
  const results = [];
  for (let i = 0; i < 6; i++) results.push(...await step.run(i));
  results.push(...await step.finish());
  assert.deepEqual(results.map(({ state }) => state), [0, 1, 2, 3, 4, 5]);
  assert.equal(step.computedBecause, "it reads a tensor back");
  step.dispose();
});

WEBGPU.test("values that do not fit their input are refused, in a replay too", async () => {
  const step = new ReplayedStep<Float32Array>((input) => [
    tf.exp(input([2, 2], "float32", (values) => values)),
  ]);
  await assert.rejects(step.run(new Float32Array(3)), /shape \[2,2\] takes 4 values .* got 3/);
  for (let i = 0; i < 5; i++) await step.run(new Float32Array(4));
  assert.ok(step.isReplaying);
  await assert.rejects(step.run(new Float32Array(5)), /shape \[2,2\] takes 4 values .* got 5/);
  step.dispose();
});
