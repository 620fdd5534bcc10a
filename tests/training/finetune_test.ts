import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { Batch, Loader } from "../../data/batch.ts";
import { type FinetuneRecipe, START } from "../../models/manifest.ts";
import { softmax } from "../../models/logits.ts";
import { cosineSchedule } from "../../training/cosine_schedule.ts";
import { finetune, type FinetuneState } from "../../training/finetune.ts";
import type { EpochResult } from "../../training/history.ts";
import type { NamedTensor } from "../../weights/parameter.ts";
import { WEBGPU } from "../backend/webgpu/subject.ts";
import { ToyLoader, toyModel, toyModelWithNorm } from "./toy.ts";

const RECIPE: FinetuneRecipe = {
  kind: "finetune",
  epochs: 4,
  batchSize: 4,
  optimizer: "adamw",
  lr: 0.2,
  momentum: 0.9,
  weightDecay: 0.1,
  earliestRate: 0.1,
  warmup: 0.25,
  labelSmoothing: 0.1,
  clipNorm: null,
  averaging: 0,
  batchNorm: "running",
  augmentation: { minScale: 0.08, degrees: 0, jitter: 0, trivial: false, erasing: 0 },
  patience: null,
};

const loaders = () => ({ train: new ToyLoader(10, 4, 100), val: new ToyLoader(7, 4, 500) });

/** The same in plain float64: softmax regression by AdamW on smoothed labels. */
function naiveTraining(offsets = [0, 0]) {
  const { train } = loaders();
  // Weights row by row, then biases, which do not decay.
  const p = [0.1, -0.2, 0.3, 0.1, -0.1, 0.2, 0, 0], m = p.map(() => 0), v = p.map(() => 0);
  const steps = RECIPE.epochs * train.length, warmup = RECIPE.warmup * steps;
  let step = 0;
  const losses: number[] = [];
  for (let epoch = 0; epoch < RECIPE.epochs; epoch++) {
    let loss = 0;
    for (let start = 0; start < train.size; start += train.batchSize) {
      const photos = train.labels.map((_, i) => i).slice(start, start + train.batchSize);
      const g = p.map(() => 0);
      for (const i of photos) {
        const x = [...train.features[i], 1];
        const logits = [0, 1].map((c) =>
          x.reduce((sum, value, k) => sum + value * p[2 * k + c], offsets[c])
        );
        softmax(logits).forEach((share, c) => {
          const target = (c === train.labels[i] ? 0.9 : 0) + 0.05;
          loss -= target * Math.log(share);
          x.forEach((value, k) => g[2 * k + c] += (share - target) * value / photos.length);
        });
      }
      const lr = RECIPE.lr * cosineSchedule(step++, steps, warmup);
      p.forEach((value, i) => {
        m[i] += 0.1 * (g[i] - m[i]);
        v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
        const kept = i < 6 ? value * (1 - lr * RECIPE.weightDecay) : value;
        const root = Math.sqrt(v[i] / (1 - 0.999 ** step)) + 1e-8;
        p[i] = kept - lr * m[i] / (1 - 0.9 ** step) / root;
      });
    }
    losses.push(loss / train.size);
  }
  return { losses, weight: p.slice(0, 6), bias: p.slice(6) };
}

Deno.test("the loop is AdamW along a cosine on smoothed labels, as computed by hand", async () => {
  await tf.setBackend("cpu");
  const model = toyModel();
  const tensors = tf.memory().numTensors;
  const { history } = await finetune(model, loaders(), { recipe: RECIPE });
  assert.equal(tf.memory().numTensors, tensors, "tensors leaked");
  const expected = naiveTraining();
  history.epochs.forEach(({ train }, i) =>
    assert.ok(Math.abs(train.loss - expected.losses[i]) < 1e-5, `epoch ${i}`)
  );
  const weight = await model.parameters.get("fc.weight")!.data();
  expected.weight.forEach((value, i) => assert.ok(Math.abs(weight[i] - value) < 1e-5));
  const bias = await model.parameters.get("fc.bias")!.data();
  expected.bias.forEach((value, i) => assert.ok(Math.abs(bias[i] - value) < 1e-5));
  model.dispose();
});

Deno.test("offsets of logits are learnt with, and are no part of what is learnt", async () => {
  await tf.setBackend("cpu");
  const model = toyModel(), logitOffsets = [-0.7, 1.2];
  const { val } = loaders();
  const { history } = await finetune(model, loaders(), { recipe: RECIPE, logitOffsets });
  const expected = naiveTraining(logitOffsets);
  history.epochs.forEach(({ train }, i) =>
    assert.ok(Math.abs(train.loss - expected.losses[i]) < 1e-5, `epoch ${i}`)
  );
  const bias = await model.parameters.get("fc.bias")!.data();
  expected.bias.forEach((value, i) => assert.ok(Math.abs(bias[i] - value) < 1e-5));
  // Val is asked without them.
  const loss = val.labels.reduce((sum, label, i) => {
    const logits = [0, 1].map((c) =>
      val.features[i].reduce((sum, value, k) => sum + value * expected.weight[2 * k + c], 0) +
      expected.bias[c]
    );
    return sum - Math.log(softmax(logits)[label]) / val.size;
  }, 0);
  assert.ok(Math.abs(history.epochs.at(-1)!.val.loss - loss) < 1e-5);
  model.dispose();
});

Deno.test("what went on from a state ends in the same bytes", async () => {
  await tf.setBackend("cpu");
  for (const more of [{}, { averaging: 0.7 }, { optimizer: "sgd", batchNorm: "batch" }] as const) {
    const recipe = { ...RECIPE, clipNorm: 0.5, ...more };
    const states: FinetuneState[] = [];
    const whole = toyModelWithNorm();
    const uninterrupted = await finetune(whole, loaders(), {
      recipe,
      keepState: (state) => {
        states.push(structuredClone(state));
        return Promise.resolve();
      },
    });
    for (const [done, from] of states.slice(0, -1).entries()) {
      const model = toyModelWithNorm(from.parameters);
      const resumed = await finetune(model, loaders(), { recipe, from });
      assert.deepEqual(resumed.best, uninterrupted.best, `after ${done + 1} epochs`);
      assert.deepEqual(
        resumed.history.epochs.map(withoutTime),
        uninterrupted.history.epochs.map(withoutTime),
      );
      model.dispose();
    }
    whole.dispose();
  }
});

const withoutTime = ({ epoch, lr, train, val }: EpochResult) => [
  epoch,
  lr,
  train.loss,
  train.accuracy,
  val.loss,
  val.accuracy,
];

Deno.test("running statistics stay where batch norm goes by them, and move where it does not", async () => {
  await tf.setBackend("cpu");
  for (const batchNorm of ["running", "batch"] as const) {
    const model = toyModelWithNorm();
    const before = await model.snapshot();
    const { best } = await finetune(model, loaders(), { recipe: { ...RECIPE, batchNorm } });
    for (const name of ["bn.running_mean", "bn.running_var"]) {
      const stayed = best.get(name)!.data.every((value, i) => value === before.get(name)!.data[i]);
      assert.equal(stayed, batchNorm === "running", `${name}, ${batchNorm}`);
    }
    assert.notDeepEqual(best.get("bn.weight"), before.get("bn.weight"));
    model.dispose();
  }
});

Deno.test("averages lag behind the weights, and are what is validated and kept", async () => {
  await tf.setBackend("cpu");
  const start = toyModel(), far = toyModel(), near = toyModel();
  const recipe = { ...RECIPE, epochs: 1 };
  const moved = await finetune(far, loaders(), { recipe });
  const averaged = await finetune(near, loaders(), { recipe: { ...recipe, averaging: 0.9 } });
  const weights = [await start.snapshot(), averaged.best, moved.best]
    .map((parameters) => parameters.get("fc.weight")!.data);
  weights[0].forEach((value, i) => {
    const whole = weights[2][i] - value, part = weights[1][i] - value;
    assert.ok(part / whole > 0 && part / whole < 0.5, `${part} of ${whole}`);
  });
  assert.notEqual(averaged.history.epochs[0].val.loss, moved.history.epochs[0].val.loss);
  for (const model of [start, far, near]) model.dispose();
});

/** Photos whose labels each epoch of validation gives anew. */
function valOf(right: readonly number[]): Loader {
  let epoch = 0;
  const val = new ToyLoader(8, 8, 500);
  return {
    length: 1,
    async *[Symbol.asyncIterator]() {
      for await (const batch of { [Symbol.asyncIterator]: () => val[Symbol.asyncIterator]() }) {
        const labels = batch.labels.map((_, i) => i < right[epoch] ? 0 : 1);
        epoch++;
        yield { ...batch, labels } as Batch;
      }
    },
  };
}

Deno.test("it ends when no epoch was better for as many as it has patience", async () => {
  await tf.setBackend("cpu");
  // A model that says 0 of everything, and moves so little that it goes on saying so.
  const model = toyModel([9, -9, 9, -9, 9, -9]);
  model.parameters.get("fc.bias")!.assign(tf.tensor1d([50, -50]));
  const recipe = { ...RECIPE, epochs: 9, lr: 1e-6, patience: 2 };
  const { history } = await finetune(
    model,
    { train: loaders().train, val: valOf([2, 3, 5, 4, 4, 6, 1, 1]) },
    { recipe },
  );
  assert.equal(history.start?.accuracy, 2 / 8);
  assert.deepEqual(history.epochs.map(({ val }) => val.accuracy * 8), [3, 5, 4, 4]);
  assert.deepEqual(history.best, { epoch: 1, accuracy: 5 / 8 });
  model.dispose();
});

Deno.test("where no epoch is better, what it began with is kept, and told", async () => {
  await tf.setBackend("cpu");
  // No epoch can beat a start that is right of all; and none that is equal has a lower loss.
  for (const [right, optimum] of [[[8, 7, 7, 7], true], [[5, 4, 4, 6], false]] as const) {
    const model = toyModel([9, -9, 9, -9, 9, -9]);
    model.parameters.get("fc.bias")!.assign(tf.tensor1d([50, -50]));
    const before = await model.snapshot();
    const started: number[] = [];
    const { history, best } = await finetune(
      model,
      { train: loaders().train, val: valOf(right) },
      {
        recipe: { ...RECIPE, epochs: 3, lr: 1e-6 },
        onStart: ({ accuracy }) => started.push(accuracy),
      },
    );
    assert.deepEqual(started, [right[0] / 8]);
    assert.equal(history.best.epoch, optimum ? START : 2);
    assert.equal(history.best.accuracy, Math.max(...right) / 8);
    assert.equal(isSame(best, before), optimum);
    model.dispose();
  }
});

Deno.test("an epoch that is as often right at the same loss is no better than the start", async () => {
  await tf.setBackend("cpu");
  const model = toyModel(), before = await model.snapshot();
  // Rates so small that float32 does not move.
  const recipe = { ...RECIPE, lr: 1e-30 };
  const { history, best } = await finetune(model, loaders(), { recipe });
  assert.equal(history.start!.loss, history.epochs[0].val.loss);
  assert.deepEqual(history.best, { epoch: START, accuracy: history.start!.accuracy });
  assert.ok(isSame(best, before));
  model.dispose();
});

const isSame = (a: ReadonlyMap<string, NamedTensor>, b: ReadonlyMap<string, NamedTensor>) =>
  [...a].every(([name, { data }]) => data.every((value, i) => value === b.get(name)!.data[i]));

/** Photos of class 0 that each epoch of validation gives anew: how red they are, which is what counts. */
function valOfReds(epochs: readonly (readonly number[])[]): Loader {
  let epoch = 0;
  return {
    length: 1,
    async *[Symbol.asyncIterator]() {
      const reds = epochs[epoch++];
      yield await Promise.resolve({
        images: Float32Array.from(reds.flatMap((red) => [0, 1, 2, 3].flatMap(() => [red, 0, 0]))),
        labels: new Int32Array(reds.length),
        indices: reds.map((_, i) => i),
      });
    },
  };
}

Deno.test("the epoch with the lowest val loss is kept, though another is more often right", async () => {
  await tf.setBackend("cpu");
  const model = toyModel([1, -1, 0, 0, 0, 0]);
  const { history } = await finetune(model, {
    train: loaders().train,
    val: valOfReds([
      [0.1, 0.1, -0.1, -0.1], // half are right, hardly sure
      [1, 1, 1, -30], // three, and of the fourth it is sure
      [2, 2, -0.1, -0.1],
      [1, 1, -0.1, -0.1],
    ]),
  }, { recipe: { ...RECIPE, epochs: 3, lr: 1e-6 } });
  assert.deepEqual(history.epochs.map(({ val }) => val.accuracy), [0.75, 0.5, 0.5]);
  assert.deepEqual(history.best, { epoch: 1, accuracy: 0.5 });
  model.dispose();
});

Deno.test("a loss that is not finite names epoch, batch, photos and rate", async () => {
  await tf.setBackend("cpu");
  const model = toyModel();
  const { train, val } = loaders();
  const poisoned: Loader = {
    length: train.length,
    async *[Symbol.asyncIterator]() {
      for await (const batch of { [Symbol.asyncIterator]: () => train[Symbol.asyncIterator]() }) {
        if (batch.indices[0] === 4) batch.images[0] = NaN;
        yield batch;
      }
    },
  };
  await assert.rejects(
    finetune(model, { train: poisoned, val }, { recipe: RECIPE }),
    /train loss became NaN in epoch 1, batch 2 \(photos 4, 5, 6, 7 of train\).*lower it with --lr/,
  );
  model.dispose();
});

WEBGPU.test("finetuning, recorded and replayed, is what it is on the CPU", async () => {
  for (const more of [{ averaging: 0.8 }, { optimizer: "sgd", batchNorm: "batch" }] as const) {
    const runs = [];
    for (const backend of ["cpu", "webgpu"]) {
      await tf.setBackend(backend);
      const model = toyModelWithNorm();
      const before = tf.memory().numTensors;
      const recipe = { ...RECIPE, epochs: 6, clipNorm: 0.5, ...more };
      const loaders = { train: new ToyLoader(30, 4, 100), val: new ToyLoader(7, 4, 500) };
      runs.push(await finetune(model, loaders, { recipe, logitOffsets: [-0.4, 0.6] }));
      assert.equal(tf.memory().numTensors, before, `tensors left behind on ${backend}`);
      model.dispose();
    }
    const [cpu, webgpu] = runs;
    cpu.history.epochs.forEach(({ lr, train, val }, i) => {
      const epoch = webgpu.history.epochs[i];
      assert.equal(epoch.lr, lr);
      assert.ok(Math.abs(epoch.train.loss - train.loss) < 1e-4, `epoch ${i}`);
      assert.ok(Math.abs(epoch.val.loss - val.loss) < 1e-4, `epoch ${i}`);
    });
    for (const [name, { data }] of cpu.best) {
      const other = webgpu.best.get(name)!.data;
      data.forEach((value, i) => assert.ok(Math.abs(other[i] - value) < 1e-3, name));
    }
  }
});
