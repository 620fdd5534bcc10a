/**
 * Times epochs of training on the wasm backend in turn: with the loader, and of the same batches kept
 * from before. Prints `EpochTimes` as JSON. Arguments: dataset, model, batch, threads, rounds.
 */
import { activateBackend } from "../backend/activate.ts";
import { openDataset } from "../data/dataset.ts";
import type { Batch } from "../data/batch.ts";
import { DataLoader } from "../data/loader.ts";
import { Generator } from "../data/torch_random.ts";
import { Model } from "../models/model.ts";
import { dropoutSize } from "../models/parameter_specs.ts";
import { findArchitecture } from "../models/registry.ts";
import { Sgd } from "../training/sgd.ts";
import { TrainingSteps } from "../training/training_steps.ts";
import { median } from "./figure.ts";
import { randomParameters } from "./model_work.ts";

/** Seconds, medians over the rounds. */
export interface EpochTimes {
  photos: number;
  epoch: number;
  steps: number;
}

const WARM_UP_STEPS = 12;

if (import.meta.main) {
  const [folder, name, batch, threads, rounds] = Deno.args;
  await activateBackend("wasm", { threads: Number(threads) });
  const dataset = await openDataset(folder);
  const architecture = findArchitecture(name);
  const { mean, std, ...crops } = architecture.preprocessing;
  const loader = new DataLoader(dataset, {
    split: "train",
    transform: "train",
    shuffle: true,
    batchSize: Number(batch),
    generator: new Generator(0),
    normalization: { mean, std },
    ...crops,
    noisePerPhoto: dropoutSize(architecture),
  });
  const model = new Model(architecture, dataset.classes.length, randomParameters(architecture));
  const steps = new TrainingSteps(model, "finetune", new Sgd(model.trainable("all"), 0.9));
  const time = async (batches: AsyncIterable<Batch> | Batch[]) => {
    const start = performance.now();
    for await (const batch of batches) await steps.train(batch, 1e-5, 0);
    await steps.finish();
    return (performance.now() - start) / 1e3;
  };
  const kept: Batch[] = [];
  for await (const batch of loader) kept.push(batch);
  await time(kept.slice(0, WARM_UP_STEPS));
  const epochs: number[] = [], alone: number[] = [];
  for (let round = 0; round < Number(rounds); round++) {
    epochs.push(await time(loader));
    alone.push(await time(kept));
  }
  const photos = dataset.photos("train").length;
  const times: EpochTimes = { photos, epoch: median(epochs), steps: median(alone) };
  console.log(JSON.stringify(times));
  Deno.exit(0);
}
