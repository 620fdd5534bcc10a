import assert from "node:assert/strict";
import { Generator } from "../../data/torch_random.ts";
import { readTrainingState, writeTrainingState } from "../../tasks/training_state.ts";
import type { NamedTensor } from "../../weights/parameter.ts";

const tensor = (...values: number[]): NamedTensor => ({
  shape: [values.length],
  data: Float32Array.from(values),
});

Deno.test("whoever goes on has the state, the generator, and what was measured at the beginning", async () => {
  const folder = await Deno.makeTempDir();
  const generator = new Generator(3);
  generator.uniform();
  const pretrained = new Map([["frozen", tensor(1, -0)], ["fc", tensor(0, 0)]]);
  const parameters = new Map([["frozen", tensor(1, -0)], ["fc", tensor(2, 3)]]);
  const phase = { loss: 0.5, accuracy: 0.75, seconds: 1 };
  const state = {
    history: {
      epochs: [{ epoch: 0, lr: 0.1, train: phase, val: phase }],
      best: { epoch: 0, accuracy: 0.75 },
    },
    parameters,
    momentum: [tensor(7), tensor(8, 9)],
    best: parameters,
  };
  const plan = {
    epochs: 5,
    rateTest: { rates: [1e-7, 1e-3], losses: [0.9, 0.4], suggested: 1e-3 },
  };
  await writeTrainingState(folder, state, plan, generator, pretrained);
  const { generator: goesOn, ...read } = await readTrainingState(folder, pretrained);
  assert.deepEqual(read, { ...state, averaged: undefined, ...plan });
  assert.equal(goesOn.uniform(), generator.uniform());

  // As when the next epoch begins while this one is written.
  const drawn = generator.saveState();
  const writing = writeTrainingState(folder, state, plan, generator, pretrained);
  generator.uniform();
  const { epochs, best } = structuredClone(state.history);
  state.history.epochs.push({ epoch: 1, lr: 0.1, train: phase, val: phase });
  state.history.best = { epoch: 1, accuracy: 1 };
  await writing;
  const before = await readTrainingState(folder, pretrained);
  assert.deepEqual(before.history, { epochs, best });
  assert.deepEqual(before.generator.saveState(), drawn);

  const none = { epochs: 5, rateTest: { ...plan.rateTest, suggested: null } };
  await writeTrainingState(folder, state, none, generator, pretrained);
  assert.deepEqual((await readTrainingState(folder, pretrained)).rateTest, none.rateTest);
  await Deno.remove(folder, { recursive: true });
});
