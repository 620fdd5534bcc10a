import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { Batch, Loader } from "../../data/batch.ts";
import { fit, type TrainingState } from "../../training/fit.ts";
import type { BatchProgress } from "../../training/run_phase.ts";
import { predictDataset } from "../../inference/predict_dataset.ts";
import { RECIPES } from "../../training/recipes.ts";
import { softmax } from "../../models/logits.ts";
import { Model } from "../../models/model.ts";
import type { History } from "../../training/history.ts";
import { TOY, ToyLoader, toyModel } from "./toy.ts";

const RECIPE = { ...RECIPES.quick, epochs: 3, lr: 0.5, stepSize: 2, gamma: 0.1 };

/** The same training in plain float64: softmax regression by SGD with momentum, as torch does it. */
function naiveTraining(train: ToyLoader, val: ToyLoader) {
  let weight = [[0.1, -0.2], [0.3, 0.1], [-0.1, 0.2]], bias = [0, 0];
  const velocity = { weight: weight.map((row) => row.map(() => 0)), bias: [0, 0] };
  const logitsOf = (x: number[]) =>
    bias.map((b, c) => b + x.reduce((s, v, k) => s + v * weight[k][c], 0));
  const epochs = [];
  for (let epoch = 0; epoch < RECIPE.epochs; epoch++) {
    const lr = RECIPE.lr * RECIPE.gamma ** Math.floor(epoch / RECIPE.stepSize);
    let loss = 0, correct = 0;
    for (let start = 0; start < train.size; start += train.batchSize) {
      const photos = train.labels.map((_, i) => i).slice(start, start + train.batchSize);
      const gradient = { weight: weight.map((row) => row.map(() => 0)), bias: [0, 0] };
      for (const i of photos) {
        const logits = logitsOf(train.features[i]), p = softmax(logits), y = train.labels[i];
        loss -= Math.log(p[y]);
        if ((logits[1] > logits[0] ? 1 : 0) === y) correct++;
        for (const c of [0, 1]) {
          const g = (p[c] - (c === y ? 1 : 0)) / photos.length;
          gradient.bias[c] += g;
          train.features[i].forEach((x, k) => gradient.weight[k][c] += g * x);
        }
      }
      const move = (v: number, g: number) => 0.9 * v + g;
      velocity.bias = velocity.bias.map((v, c) => move(v, gradient.bias[c]));
      velocity.weight = velocity.weight.map((row, k) =>
        row.map((v, c) => move(v, gradient.weight[k][c]))
      );
      bias = bias.map((b, c) => b - lr * velocity.bias[c]);
      weight = weight.map((row, k) => row.map((w, c) => w - lr * velocity.weight[k][c]));
    }
    const valLoss = val.features.reduce(
      (s, x, i) => s - Math.log(softmax(logitsOf(x))[val.labels[i]]),
      0,
    );
    epochs.push({
      lr,
      train: { loss: loss / train.size, accuracy: correct / train.size },
      val: { loss: valLoss / val.size },
    });
  }
  return { epochs, weight, bias };
}

for (const branch of ["finetune", "frozen"] as const) {
  Deno.test(`the ${branch} loop is SGD with momentum on batch means, as computed by hand`, async () => {
    await tf.setBackend("cpu");
    const train = new ToyLoader(10, 4, 100), val = new ToyLoader(7, 4, 500);
    const model = toyModel();
    const tensors = tf.memory().numTensors;
    const { history } = await fit(model, { train, val }, { branch, recipe: RECIPE });
    assert.equal(tf.memory().numTensors, tensors, "tensors leaked");
    const expected = naiveTraining(train, val);
    history.epochs.forEach((epoch, i) => {
      const wanted = expected.epochs[i];
      assert.equal(epoch.epoch, i);
      assert.ok(Math.abs(epoch.lr - wanted.lr) < 1e-12);
      assert.ok(Math.abs(epoch.train.loss - wanted.train.loss) < 1e-5);
      assert.ok(Math.abs(epoch.val.loss - wanted.val.loss) < 1e-5);
      assert.equal(epoch.train.accuracy, wanted.train.accuracy);
    });
    const weight = await model.parameters.get("fc.weight")!.data();
    expected.weight.flat().forEach((w, i) => assert.ok(Math.abs(weight[i] - w) < 1e-5));
    model.dispose();
  });
}

Deno.test("the first of the best epochs is kept, with its parameters", async () => {
  await tf.setBackend("cpu");
  const model = toyModel();
  const loaders = { train: new ToyLoader(12, 4, 100), val: new ToyLoader(9, 4, 900) };
  const after: Float32Array[] = [];
  const { history, best } = await fit(model, loaders, {
    branch: "finetune",
    recipe: { ...RECIPE, epochs: 6 },
    onEpoch: () => after.push(model.parameters.get("fc.weight")!.dataSync<"float32">().slice()),
  });
  const accuracies = history.epochs.map(({ val }) => val.accuracy);
  const wanted = accuracies.indexOf(Math.max(...accuracies));
  assert.deepEqual(history.best, { epoch: wanted, accuracy: accuracies[wanted] });
  assert.deepEqual(best.get("fc.weight")!.data, after[wanted]);
  model.dispose();
});

for (const branch of ["finetune", "frozen"] as const) {
  Deno.test(`a ${branch} training that goes on after any epoch ends as the unbroken one, bit by bit`, async () => {
    await tf.setBackend("cpu");
    const train = () => new ToyLoader(10, 4, 100), val = () => new ToyLoader(7, 4, 500);
    const options = { branch, recipe: { ...RECIPE, epochs: 4 } };
    const states: TrainingState[] = [];
    const unbroken = toyModel();
    const whole = await fit(unbroken, { train: train(), val: val() }, {
      ...options,
      keepState: (state) => Promise.resolve(void states.push(structuredClone(state))),
    });
    for (const from of states) {
      const model = new Model(TOY, 2, from.parameters);
      const seen: number[] = [];
      const { history, best } = await fit(model, { train: train(), val: val() }, {
        ...options,
        from,
        onEpoch: ({ epoch }) => seen.push(epoch),
      });
      assert.deepEqual(seen, [0, 1, 2, 3].slice(from.history.epochs.length));
      assert.deepEqual(withoutSeconds(history), withoutSeconds(whole.history));
      assert.deepEqual(best, whole.best);
      assert.deepEqual(await model.snapshot(), await unbroken.snapshot());
      model.dispose();
    }
    unbroken.dispose();
  });
}

const withoutSeconds = (history: History) =>
  JSON.parse(JSON.stringify(history, (name, value) => name === "seconds" ? 0 : value));

Deno.test("the state after an epoch without a right answer keeps its own parameters, not the best", async () => {
  await tf.setBackend("cpu");
  // It learns to say 0, and every val photo is a 1.
  const model = toyModel([0, 0, 0, 0, 0, 0]);
  const train = new ToyLoader(4, 4, 1), val = new ToyLoader(4, 4, 500);
  train.labels.fill(0);
  val.labels.fill(1);
  const initial = await model.snapshot();
  let state: TrainingState | undefined;
  await fit(model, { train, val }, {
    branch: "finetune",
    recipe: { ...RECIPE, epochs: 1 },
    keepState: (kept) => Promise.resolve(void (state = kept)),
  });
  assert.equal(state!.history.best.accuracy, 0);
  assert.deepEqual(state!.best, initial);
  assert.deepEqual(state!.parameters, await model.snapshot());
  assert.notDeepEqual(state!.parameters, initial);
  model.dispose();
});

Deno.test("progress counts every batch of both phases", async () => {
  await tf.setBackend("cpu");
  const model = toyModel();
  const seen: BatchProgress[] = [];
  await fit(model, { train: new ToyLoader(10, 4, 1), val: new ToyLoader(5, 4, 50) }, {
    branch: "frozen",
    recipe: { ...RECIPE, epochs: 2 },
    onBatch: (progress) => seen.push(progress),
  });
  assert.deepEqual(
    seen.map(({ epoch, phase, batch, batches }) => `${epoch} ${phase} ${batch}/${batches}`),
    [0, 1].flatMap((epoch) => [
      `${epoch} train 1/3`,
      `${epoch} train 2/3`,
      `${epoch} train 3/3`,
      `${epoch} val 1/2`,
      `${epoch} val 2/2`,
    ]),
  );
  model.dispose();
});

Deno.test("a loss that is not finite stops training and names batch, photos and learning rate", async () => {
  await tf.setBackend("cpu");
  const model = toyModel([NaN, 0, 0, 0, 0, 0]);
  const loaders = { train: new ToyLoader(6, 4, 1), val: new ToyLoader(4, 4, 50) };
  await assert.rejects(
    fit(model, loaders, { branch: "finetune", recipe: RECIPE }),
    /train loss became NaN in epoch 1, batch 1 \(photos 0, 1, 2, 3 of train\), at learning rate 0.5/,
  );
  model.dispose();
});

Deno.test("an aborted run ends between two batches", async () => {
  await tf.setBackend("cpu");
  const model = toyModel();
  const controller = new AbortController();
  let batches = 0;
  await assert.rejects(
    fit(model, { train: new ToyLoader(12, 4, 1), val: new ToyLoader(4, 4, 50) }, {
      branch: "finetune",
      recipe: RECIPE,
      signal: controller.signal,
      onBatch: () => ++batches === 2 && controller.abort(new Error("enough")),
    }),
    /enough/,
  );
  assert.equal(batches, 2);
  model.dispose();
});

Deno.test("predicting a dataset gives each photo's logits under its own index and label", async () => {
  await tf.setBackend("cpu");
  const model = toyModel();
  const loader = new ToyLoader(7, 3, 1);
  const reversed: Loader = {
    length: 7,
    async *[Symbol.asyncIterator](): AsyncIterator<Batch> {
      const batches = await Array.fromAsync({
        [Symbol.asyncIterator]: () => new ToyLoader(7, 1, 1)[Symbol.asyncIterator](),
      });
      yield* batches.reverse();
    },
  };
  const photos = await predictDataset(model, reversed);
  assert.deepEqual(photos.map(({ index }) => index), [6, 5, 4, 3, 2, 1, 0]);
  const weight = [[0.1, -0.2], [0.3, 0.1], [-0.1, 0.2]];
  for (const { index, label, logits } of photos) {
    assert.equal(label, loader.labels[index]);
    logits.forEach((logit, c) => {
      const wanted = loader.features[index].reduce((sum, x, k) => sum + x * weight[k][c], 0);
      assert.ok(Math.abs(logit - wanted) < 1e-6);
    });
  }
  model.dispose();
});
