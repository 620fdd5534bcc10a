/** Step: what the frozen network says of every photo, once for all heads that are fitted to it. */
import { type Dataset, openDataset } from "../data/dataset.ts";
import { type Split, SPLITS } from "../data/dataset_index.ts";
import { counted } from "../data/statistics/percent.ts";
import { viewPhoto } from "../data/transforms.ts";
import {
  BATCH,
  type FeatureExtractor,
  openFeatureExtractor,
} from "../inference/feature_extractor.ts";
import { describedArchitecture } from "../models/seen_as.ts";
import { ItemCache } from "../pipeline/process/item_cache.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { checkDivisible } from "../training/probe/cross_validation.ts";
import { sampleOfClasses } from "../training/probe/sample_of_classes.ts";
import { readParameters } from "../weights/parameter_file.ts";
import { labelsOf, type PhotoFeatures, writeFeatures } from "./artifacts/features.ts";
import { modelFile, PRETRAINED_PARAMETERS } from "./artifacts/model.ts";
import type { ComputeFeaturesParameters } from "./parameters.ts";

/** Of a cross-validation. */
const LEAST_PARTS = 2;

if (import.meta.main) await runStep<ComputeFeaturesParameters>(computeFeatures);

async function computeFeatures(step: StepContext<ComputeFeaturesParameters>): Promise<void> {
  const { backend, threads, tuning, sample } = step.parameters;
  const source = step.inputs.convert_weights;
  const architecture = describedArchitecture(await modelFile.read(source));
  const { name, preprocessing } = architecture;
  using dataset = await openDataset(step.inputs.build_datasets);
  // What no head can be fitted to is told before all photos are looked at.
  checkDivisible(labelsOf(dataset.photos("train"), dataset.classes), LEAST_PARTS);

  const weights = `${source}/${PRETRAINED_PARAMETERS}`;
  const pretrained = await readParameters(weights);
  const compute = { backend, threads, tuning };
  using network = await openFeatureExtractor(architecture, pretrained, compute);
  // The crop itself is what is looked up: whoever changes how it is made finds nothing.
  const { mean, std } = preprocessing;
  await using cache = new ItemCache(step.itemCaches.features, {
    architecture: name,
    weights: await digestOfFile(weights),
    mean,
    std,
  });
  const wanted = wantedPhotos(dataset, sample);
  const total = [...wanted.values()].reduce((sum, { length }) => sum + length, 0);
  const bySplit = new Map<Split, PhotoFeatures>();
  let before = 0, computed = 0;
  for (const [split, photos] of wanted) {
    const cropOf = (index: number) => viewPhoto(dataset.readPhoto(split, index), preprocessing);
    const { data, missed } = await featuresOf(photos, cropOf, network, cache, (done) => {
      step.signal.throwIfAborted();
      step.progress({ done: before + done, total, unit: "photos" });
    });
    bySplit.set(split, { photos, data });
    before += photos.length;
    computed += missed;
  }
  await writeFeatures(step.output, bySplit);
  const columns = bySplit.get("train")!.data.length / wanted.get("train")!.length;
  const known = computed < total ? `, ${computed} of them new` : "";
  step.log(`${name}: ${counted(columns, "feature")} of ${counted(total, "photo")}${known}`);
  step.result({ model: name, photos: total, features: columns });
}

async function digestOfFile(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
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

interface Extracted {
  /** [photos × features] */
  data: Float32Array<ArrayBuffer>;
  /** How many were not in the cache. */
  missed: number;
}

async function featuresOf(
  photos: Int32Array,
  cropOf: (index: number) => Uint8Array,
  network: FeatureExtractor,
  cache: ItemCache,
  onBatch: (done: number) => void,
): Promise<Extracted> {
  let data = new Float32Array(0), done = 0, missed = 0;
  const lookUp = (crop: Uint8Array) => {
    const key = cache.keyOf(crop), kept = cache.get(key);
    return { crop, key, features: kept && new Float32Array(kept.buffer) };
  };
  const cut = (from: number) => Array.from(photos.subarray(from, from + BATCH), cropOf).map(lookUp);
  let batch = cut(0);
  while (batch.length > 0) {
    const missing = batch.filter(({ features }) => !features);
    const computing = missing.length > 0
      ? network.extract(missing.map(({ crop }) => crop))
      : Promise.resolve([]);
    // The next photos are cut while the network looks at these.
    const next = cut(done + BATCH);
    (await computing).forEach((features, i) => {
      missing[i].features = Float32Array.from(features);
      cache.put(missing[i].key, new Uint8Array(missing[i].features!.buffer));
    });
    for (const { features } of batch) {
      if (data.length === 0) data = new Float32Array(photos.length * features!.length);
      data.set(features!, done++ * features!.length);
    }
    missed += missing.length;
    onBatch(done);
    batch = next;
  }
  return { data, missed };
}
