/** Step: what the frozen network says of every photo, once for all heads that are fitted to it. */
import { activateBackend } from "../backend/activate.ts";
import { openDataset } from "../data/dataset.ts";
import { SPLITS } from "../data/dataset_index.ts";
import { DataLoader } from "../data/loader.ts";
import { counted } from "../data/statistics/percent.ts";
import { Generator } from "../data/torch_random.ts";
import { Model } from "../models/model.ts";
import { findArchitecture } from "../models/registry.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { replaceHead } from "../training/head.ts";
import { frozenFeatures, type PhotoFeatures } from "../training/probe/frozen_features.ts";
import { readParameters } from "../weights/parameter_file.ts";
import { writeFeatures } from "./artifacts/features.ts";
import { modelFile, PRETRAINED_PARAMETERS } from "./artifacts/model.ts";
import type { ComputeParameters } from "./parameters.ts";

/** Photos at a time: more are hardly faster, and take more memory. */
const BATCH = 16;

if (import.meta.main) await runStep<ComputeParameters>(computeFeatures);

async function computeFeatures(step: StepContext<ComputeParameters>): Promise<void> {
  const { backend, threads, tuning } = step.parameters;
  await activateBackend(backend, { threads, tuning });
  const source = step.inputs.convert_weights;
  const architecture = findArchitecture((await modelFile.read(source)).architecture);
  const pretrained = await readParameters(`${source}/${PRETRAINED_PARAMETERS}`);
  const dataset = await openDataset(step.inputs.build_datasets);
  // Its head answers nothing here, but a file may come without one.
  const parameters = replaceHead(pretrained, architecture, 1, new Generator(0));
  const model = new Model(architecture, 1, parameters);
  const { resize, size, mean, std } = architecture.preprocessing;
  const total = SPLITS.reduce((sum, split) => sum + dataset.photos(split).length, 0);
  const bySplit: Partial<Record<typeof SPLITS[number], PhotoFeatures>> = {};
  let before = 0;
  for (const split of SPLITS) {
    const count = dataset.photos(split).length;
    using loader = new DataLoader(dataset, {
      split,
      batchSize: BATCH,
      shuffle: false,
      generator: new Generator(0), // draws nothing that matters here
      transform: "eval",
      normalization: { mean, std },
      resize,
      size,
      cacheBytes: 0, // each photo is read once
    });
    bySplit[split] = await frozenFeatures(model, loader, count, {
      signal: step.signal,
      onBatch: (done) => step.progress({ done: before + done, total, unit: "photos" }),
    });
    before += count;
  }
  model.dispose();
  const { train, val } = bySplit as Record<typeof SPLITS[number], PhotoFeatures>;
  await writeFeatures(step.output, { train, val });
  step.log(`${counted(train.columns, "feature")} of each of ${counted(total, "photo")}`);
  step.result({ model: architecture.name, photos: total, features: train.columns });
}
