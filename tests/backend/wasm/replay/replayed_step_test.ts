/** A step that is recorded and replayed is the step that is computed, whatever happens in between. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { adamW } from "../../../../backend/ops/adam_w.ts";
import { globalNorm } from "../../../../backend/ops/global_norm.ts";
import { ComputedStep, type StepInput } from "../../../../backend/repeat.ts";
import type { WasmBackend } from "../../../../backend/wasm/backend.ts";
import { registerWasmBackend, WASM_BACKEND } from "../../../../backend/wasm/register.ts";
import { Recording } from "../../../../backend/wasm/replay/recording.ts";
import { ReplayedStep } from "../../../../backend/wasm/replay/replayed_step.ts";
import { noise, noiseValues } from "../../compare.ts";
import { Network, type State, STATES, train } from "../../contract/repeated_step.ts";
import { replayContract } from "../../contract/replayed_step.ts";

registerWasmBackend();
await tf.setBackend(WASM_BACKEND);
const backend = tf.backend() as WasmBackend, { heap } = backend;
// Until this many, convolutions are computed to find out which panels are the faster.
while (!backend.panelWidth.isSettled) {
  tf.tidy(() =>
    tf.conv2d(noise([1, 2, 2, 1], 1) as tf.Tensor4D, noise([1, 1, 1, 1], 2) as tf.Tensor4D, 1, 0)
  );
}

replayContract((name, body) => Deno.test(name, body), ReplayedStep, () => heap.bytesInUse);

Deno.test("steps are replayed, without anything of tfjs, from the fifth on at the latest", async () => {
  let network!: Network;
  tf.tidy(() => void (network = new Network()));
  let computations = 0;
  const step = new ReplayedStep<State>((input) => {
    computations++;
    return network.compute(input);
  });
  for (const state of STATES) await step.run(state);
  assert.ok(step.isReplaying);
  assert.ok(step.kernels > 20);
  assert.ok(computations <= 4, `${computations}`);
  step.dispose();
  network.dispose();
});

Deno.test("two steps that take turns compute in the same memory", async () => {
  const steps: ReplayedStep<State>[] = [];
  const used: number[] = [], before = heap.bytesInUse;
  let networks!: Network[];
  tf.tidy(() => void (networks = [new Network(), new Network(), new Network()]));
  const [alone, ...both] = networks;
  const expected = new ComputedStep(alone.compute);
  for (const { compute } of both) {
    const step = new ReplayedStep(compute);
    steps.push(step);
    for (const state of STATES) await step.run(state);
    used.push(heap.bytesInUse);
  }
  assert.ok(used[1] - used[0] < (used[0] - before) / 2, `${used.map((bytes) => bytes - before)}`);
  for (const state of STATES) await expected.run(state);
  for (const state of STATES) {
    const [{ outputs }] = await expected.run(state);
    for (const step of steps) assert.deepEqual((await step.run(state))[0].outputs, outputs);
  }
  assert.ok(steps.every(({ isReplaying }) => isReplaying));
  for (const step of steps) step.dispose();
  for (const network of networks) network.dispose();
  assert.equal(heap.bytesInUse, before);
});

Deno.test("weights that others change in place are packed again", async () => {
  const weights = tf.variable(noise([16, 16], 1)), moving = tf.variable(noise([16], 2));
  const compute = (input: StepInput<number>) => {
    const x = input([8, 16], "float32", (seed) => noiseValues(8 * 16, seed)) as tf.Tensor2D;
    return [tf.add(tf.matMul(x, weights as tf.Tensor2D), moving)];
  };
  const change = () => {
    const { writablePointer } = backend.dataOf(weights);
    writablePointer.call(backend.dataOf(weights));
    heap.floats(backend.dataOf(weights).block, 256).fill(2);
  };
  const outputs: Float32Array[][] = [];
  for (const step of [new ComputedStep(compute), new ReplayedStep(compute)]) {
    tf.tidy(() => weights.assign(noise([16, 16], 1)));
    const results: Float32Array[] = [];
    for (let i = 0; i < 20; i++) {
      if (i === 12) change();
      results.push(...(await step.run(i)).map(({ outputs }) => outputs[0]));
    }
    outputs.push(results);
    step.dispose();
  }
  assert.deepEqual(outputs[1], outputs[0]);
  tf.dispose([weights, moving]);
});

Deno.test("AdamW, whose rates change, and a norm of all gradients are replayed", async () => {
  const all: Float32Array[][] = [];
  for (const Step of [ComputedStep, ReplayedStep]) {
    const parameters = [tf.variable(noise([5, 9], 1)), tf.variable(noise([9], 2))];
    const [first, second] = [0, 1].map(() => parameters.map((p) => tf.variable(tf.zerosLike(p))));
    const step = new Step<number>((input) => {
      const gradients = parameters.map(({ shape, size }, i) =>
        input(shape, "float32", (seed) => noiseValues(size, seed + i))
      );
      const norm = globalNorm(gradients);
      const rates = input([3], "float32", (i) => Float32Array.of(0.1 / (1 + i), 0.2, 0.9));
      adamW({ parameters, gradients, first, second }, rates, tf.div(1, tf.add(norm, 1)), {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        rates: [1, 0.5],
        decays: [0.1, 0],
      });
      return [norm];
    });
    const outputs: Float32Array[] = [];
    for (let i = 0; i < 12; i++) {
      for (const result of await step.run(i)) outputs.push(...result.outputs);
    }
    if (step instanceof ReplayedStep) assert.ok(step.isReplaying, step.computedBecause);
    for (const parameter of parameters) outputs.push(await parameter.data<"float32">());
    all.push(outputs);
    step.dispose();
    tf.dispose([parameters, first, second]);
  }
  assert.deepEqual(all[1], all[0]);
});

Deno.test("what has no kernel is computed each time, and so is what reads a tensor back", async () => {
  const computations: ((x: tf.Tensor) => tf.Tensor)[] = [
    (x) => tf.sin(x),
    (x) => tf.tensor1d(x.dataSync()),
    (x) => tf.cast(tf.cast(x, "int32"), "float32"),
  ];
  for (const compute of computations) {
    const step = new ReplayedStep<number>((input) => [
      compute(input([2], "float32", (value) => Float32Array.of(value, 1))),
    ]);
    const seen: number[] = [];
    for (let i = 0; i < 12; i++) {
      for (const { outputs } of await step.run(i)) seen.push(outputs[0][0]);
    }
    assert.equal(step.computedBecause, "some of it is computed in JavaScript, not by kernels");
    const expected = [...Array(12).keys()].map((i) => compute(tf.tensor1d([i, 1])).dataSync()[0]);
    assert.deepEqual(seen, expected);
    step.dispose();
  }
});

Deno.test("a replay that does not do what was recorded is an error, not a result", async () => {
  const { replay } = Recording.prototype;
  Recording.prototype.replay = function (state) {
    const outputs = replay.call(this, state);
    outputs[0][0] += 1;
    return outputs;
  };
  let step: ReplayedStep<State> | undefined;
  try {
    await assert.rejects(
      train((network) => step = new ReplayedStep(network.compute)),
      /a replayed step is not the step that was recorded: 1 of \d+ tensors/,
    );
  } finally {
    Recording.prototype.replay = replay;
    step?.dispose();
  }
});

Deno.test("2,000 steps need no more memory or tensors than the first ones", async () => {
  let network!: Network;
  tf.tidy(() => void (network = new Network()));
  const step = new ReplayedStep(network.compute);
  const memory = () => ({ ...tf.memory(), reserved: heap.bytesReserved });
  let early: ReturnType<typeof memory> | undefined;
  for (let i = 0; i < 2000; i++) {
    await step.run({ seed: i % 50, lr: 0.001 });
    if (i === 20) early = memory();
  }
  assert.deepEqual(memory(), early);
  step.dispose();
  network.dispose();
});

Deno.test("where memory runs out, what steps are replayed in is given back", async () => {
  let network!: Network;
  tf.tidy(() => void (network = new Network()));
  const step = new ReplayedStep(network.compute);
  for (const state of STATES) await step.run(state);
  const before = heap.bytesInUse;
  heap.beforeFailing();
  assert.ok(heap.bytesInUse < before);
  const [{ outputs: [[loss]] }] = await step.run(STATES[0]);
  assert.ok(!step.isReplaying && Number.isFinite(loss));
  step.dispose();
  network.dispose();
});
