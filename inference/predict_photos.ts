/** What a model says of photos: shared by the pipeline's last step and `deno task predict`. */
import type { CropResponse } from "../data/crop_photo.ts";
import type { RgbImage } from "../data/image.ts";
import { inBatches, mapInOrder } from "../data/map_in_order.ts";
import type { Output, Predictor } from "./predictor.ts";
import { postprocess, type Postprocessing } from "./postprocessing.ts";

export interface Prediction {
  path: string;
  label: string;
  /** At the temperature that evaluation fitted. */
  probability: number;
  /** The likeliest classes, best first. */
  top: { label: string; probability: number }[];
  /** Before the temperature. */
  logits: number[];
  /** Whether the photo is unlike all val photos; absent where there were too few to tell. */
  none_of_these?: boolean;
  /** Whether it is too unsure to answer; absent where it was not asked to abstain. */
  abstains?: boolean;
}

/** A path that is no photo. */
export interface Failure {
  path: string;
  error: string;
}

/** How to go about it. */
export interface PredictOptions {
  /** Cuts a photo: in this process, or in workers. */
  crop: (path: string) => Promise<CropResponse>;
  /** Photos cut at a time. */
  cutting: number;
  predict: Predictor;
  /** Photos answered together. */
  batch: number;
  /** Batches answered at a time. */
  predicting: number;
  /** Names of the classes, in the order of the logits. */
  classes: readonly string[];
  postprocessing: Postprocessing;
  /** How many classes to list. */
  top: number;
}

/** A photo that is ready waits so long for others to go with it. */
const PATIENCE_MS = 30;

/** What becomes of a path; of a photo, with what the model saw. */
export interface Answer {
  result: Prediction | Failure;
  crop?: Uint8Array;
  /** What the model's last layer was given. */
  features?: Float32Array;
  picture?: RgbImage;
}

/** In the order given; a path that fails does not stop the others, a slow source not what is there. */
export async function* predictPhotos(
  paths: Iterable<string> | AsyncIterable<string>,
  options: PredictOptions,
): AsyncGenerator<Answer> {
  const cut = mapInOrder(
    paths,
    options.cutting,
    async (path) => ({ path, ...await options.crop(path) }),
  );
  const batches = mapInOrder(
    inBatches(cut, options.batch, PATIENCE_MS),
    options.predicting,
    async (photos) => {
      const crops = photos.flatMap((photo) => "crop" in photo ? [photo.crop] : []);
      const outputs = crops.length > 0 ? await options.predict(crops) : [];
      return photos.map((photo) => {
        const { path } = photo;
        if (!("crop" in photo)) return { result: { path, error: photo.refusal } };
        const { crop, picture } = photo;
        const output = outputs.shift()!;
        const result = { path, ...describeOutput(output, options) };
        return { result, crop, features: output.features, picture };
      });
    },
  );
  for await (const batch of batches) yield* batch;
}

/** What a model says, in a person's terms. */
export function describeOutput(
  output: Output,
  { classes, postprocessing, top }: Pick<PredictOptions, "classes" | "postprocessing" | "top">,
): Omit<Prediction, "path"> {
  const { probabilities, isOutOfDistribution, abstains } = postprocess(output, postprocessing);
  const ranked = probabilities
    .map((probability, i) => ({ label: classes[i], probability }))
    .sort((a, b) => b.probability - a.probability);
  return {
    ...ranked[0],
    top: ranked.slice(0, top),
    logits: output.logits,
    ...(isOutOfDistribution !== undefined && { none_of_these: isOutOfDistribution }),
    ...(abstains !== undefined && { abstains }),
  };
}
