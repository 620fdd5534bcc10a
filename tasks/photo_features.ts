/** What a frozen network says of photos, each of which it looks at once in its life. */
import { activatePreloaded } from "../backend/preloaded.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Part } from "../data/dataset_index.ts";
import { viewPhoto } from "../data/transforms.ts";
import {
  BATCH,
  type FeatureExtractor,
  openFeatureExtractor,
} from "../inference/feature_extractor.ts";
import { describedArchitecture } from "../models/seen_as.ts";
import { ItemCache } from "../pipeline/process/item_cache.ts";
import type { StepContext } from "../pipeline/process/step.ts";
import { readParameters } from "../weights/parameter_file.ts";
import { modelFile, PRETRAINED_PARAMETERS } from "./artifacts/model.ts";
import type { ComputeParameters } from "./parameters.ts";

export interface Extracted {
  /** [photos × features] */
  data: Float32Array<ArrayBuffer>;
  /** How many were not known before. */
  missed: number;
}

export interface PhotoFeatures extends AsyncDisposable {
  /** The network's name. */
  model: string;
  /**
   * @param photos their positions in the part
   * @param onBatch told how many are done
   */
  of(
    dataset: Dataset,
    part: Part,
    photos: Int32Array,
    onBatch: (done: number) => void,
  ): Promise<Extracted>;
}

/** By the weights in the step's `convert_weights`, with its cache `features`. */
export async function openPhotoFeatures(
  { parameters, inputs, itemCaches }: StepContext<ComputeParameters>,
): Promise<PhotoFeatures> {
  const source = inputs.convert_weights;
  const architecture = describedArchitecture(await modelFile.read(source));
  const { name, preprocessing } = architecture;
  const weights = `${source}/${PRETRAINED_PARAMETERS}`;
  const pretrained = await readParameters(weights);
  const { backend, threads, tuning } = parameters;
  await activatePreloaded(backend, { threads, tuning });
  const network = openFeatureExtractor(architecture, pretrained);
  // The crop itself is what is looked up: whoever changes how it is made finds nothing.
  const { mean, std } = preprocessing;
  const cache = new ItemCache(itemCaches.features, {
    architecture: name,
    weights: await digestOfFile(weights),
    mean,
    std,
  });
  return {
    model: name,
    of: (dataset, part, photos, onBatch) => {
      const cropOf = (index: number) => viewPhoto(dataset.readPhoto(part, index), preprocessing);
      return extract(photos, cropOf, network, cache, onBatch);
    },
    async [Symbol.asyncDispose]() {
      await cache[Symbol.asyncDispose]();
      network[Symbol.dispose]();
    },
  };
}

async function digestOfFile(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}

async function extract(
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
