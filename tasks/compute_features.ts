/** Step: what the frozen network says of every photo, once for all heads that are fitted to it. */
import { activateBackend } from "../backend/activate.ts";
import { type Dataset, openDataset } from "../data/dataset.ts";
import { type Split, SPLITS } from "../data/dataset_index.ts";
import { counted } from "../data/statistics/percent.ts";
import { Generator } from "../data/torch_random.ts";
import { evaluationCrop } from "../data/transforms.ts";
import { type Predictor, predictorOf } from "../inference/predictor.ts";
import { Model } from "../models/model.ts";
import { findArchitecture } from "../models/registry.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { replaceHead } from "../training/head.ts";
import { sampleOfClasses } from "../training/probe/sample_of_classes.ts";
import { readParameters } from "../weights/parameter_file.ts";
import { type PhotoFeatures, writeFeatures } from "./artifacts/features.ts";
import { modelFile, PRETRAINED_PARAMETERS } from "./artifacts/model.ts";
import type { ComputeFeaturesParameters } from "./parameters.ts";

/** Photos at a time: more are hardly faster, and take more memory. */
const BATCH = 16;

if (import.meta.main) await runStep<ComputeFeaturesParameters>(computeFeatures);

async function computeFeatures(step: StepContext<ComputeFeaturesParameters>): Promise<void> {
  const { backend, threads, tuning, sample } = step.parameters;
  await activateBackend(backend, { threads, tuning });
  const source = step.inputs.convert_weights;
  const architecture = findArchitecture((await modelFile.read(source)).architecture);
  const pretrained = await readParameters(`${source}/${PRETRAINED_PARAMETERS}`);
  using dataset = await openDataset(step.inputs.build_datasets);
  // Its head answers nothing here, but a file may come without one.
  const head = replaceHead(pretrained, architecture, 1, new Generator(0));
  const model = new Model(architecture, 1, head);
  const { preprocessing } = architecture;
  const { resize, size } = preprocessing;

  const wanted = wantedPhotos(dataset, sample);
  const total = [...wanted.values()].reduce((sum, { length }) => sum + length, 0);
  const bySplit = new Map<Split, PhotoFeatures>();
  let before = 0;
  for (const [split, photos] of wanted) {
    const cropOf = (index: number) => evaluationCrop(dataset.readPhoto(split, index), resize, size);
    const data = await featuresOf(photos, cropOf, predictorOf(model, preprocessing), (done) => {
      step.signal.throwIfAborted();
      step.progress({ done: before + done, total, unit: "photos", message: architecture.name });
    });
    bySplit.set(split, { photos, data });
    before += photos.length;
  }
  model.dispose();
  await writeFeatures(step.output, bySplit);
  const columns = bySplit.get("train")!.data.length / wanted.get("train")!.length;
  step.log(`${architecture.name}: ${counted(columns, "feature")} of ${counted(total, "photo")}`);
  step.result({ model: architecture.name, photos: total, features: columns });
}

/** Positions of photos in each split. */
function wantedPhotos(
  dataset: Dataset,
  sample: ComputeFeaturesParameters["sample"],
): Map<Split, Int32Array<ArrayBuffer>> {
  if (sample) {
    const labels = dataset.photos("train").map(({ label }) => label);
    return new Map([["train", sampleOfClasses(labels, sample)]]);
  }
  return new Map(
    SPLITS.map((split) => [split, Int32Array.from(dataset.photos(split).keys())]),
  );
}

/** [photos × features] */
async function featuresOf(
  photos: Int32Array,
  cropOf: (index: number) => Uint8Array,
  predict: Predictor,
  onBatch: (done: number) => void,
): Promise<Float32Array<ArrayBuffer>> {
  let data = new Float32Array(0), done = 0;
  let crops = Array.from(photos.subarray(0, BATCH), cropOf);
  while (crops.length > 0) {
    const computing = predict(crops);
    // The next photos are cut while the network looks at these.
    const next = Array.from(photos.subarray(done + BATCH, done + 2 * BATCH), cropOf);
    for (const { features } of await computing) {
      if (data.length === 0) data = new Float32Array(photos.length * features.length);
      data.set(features, done++ * features.length);
    }
    onBatch(done);
    crops = next;
  }
  return data;
}
