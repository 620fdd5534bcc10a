/** What a model says of photos: shared by the pipeline's last step and `deno task predict`. */
import type { CropResponse } from "../data/crop_photo.ts";
import type { RgbImage } from "../data/image.ts";
import { inBatches, mapInOrder } from "../data/map_in_order.ts";
import type { Output, PhotoOutput, Predictor } from "./predictor.ts";
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
export type PredictOptions = Pace & Wording & (CutAndPredict | AnswerPhotos);

export interface CutAndPredict {
  /** Cuts a photo: in this process, or in workers. */
  crop: (path: string) => Promise<CropResponse>;
  /** Photos cut at a time. */
  cutting: number;
  predict: Predictor;
}

/** By processes of which one cuts and the next one answers: crops do not come by here. */
export interface AnswerPhotos {
  answer: (paths: readonly string[]) => Promise<PhotoOutput[]>;
}

export interface Pace {
  /** Photos answered together. */
  batch: number;
  /** Batches answered at a time. */
  predicting: number;
}

/** What is told of an output. */
interface Wording {
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
  const batches = "answer" in options
    ? answeredTogether(paths, options)
    : cutAndAnswered(paths, options);
  for await (const batch of batches) {
    for (const { path, output, ...seen } of batch) {
      if ("refusal" in output) yield { result: { path, error: output.refusal } };
      else {
        const result = { path, ...describeOutput(output, options) };
        yield { result, features: output.features, ...seen };
      }
    }
  }
}

/** What comes of a photo, and what the model saw of it. */
interface Answered extends Pick<Answer, "crop" | "picture"> {
  path: string;
  output: PhotoOutput;
}

function answeredTogether(
  paths: Iterable<string> | AsyncIterable<string>,
  { batch, predicting, answer }: Pace & AnswerPhotos,
): AsyncGenerator<Answered[]> {
  return mapInOrder(inBatches(paths, batch, PATIENCE_MS), predicting, async (paths) => {
    const outputs = await answer(paths);
    return paths.map((path, i) => ({ path, output: outputs[i] }));
  });
}

function cutAndAnswered(
  paths: Iterable<string> | AsyncIterable<string>,
  { batch, predicting, cutting, crop, predict }: Pace & CutAndPredict,
): AsyncGenerator<Answered[]> {
  const cut = mapInOrder(paths, cutting, async (path) => ({ path, ...await crop(path) }));
  return mapInOrder(inBatches(cut, batch, PATIENCE_MS), predicting, async (photos) => {
    const crops = photos.flatMap((photo) => "crop" in photo ? [photo.crop] : []);
    const outputs = crops.length > 0 ? await predict(crops) : [];
    return photos.map((photo) => {
      if (!("crop" in photo)) return { path: photo.path, output: photo };
      return { ...photo, output: outputs.shift()! };
    });
  });
}

/** What a model says, in a person's terms. */
export function describeOutput(
  output: Output,
  { classes, postprocessing, top }: Wording,
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
