/** The model that `deno task pipeline --recipe best` makes of the same photos by training all layers. */
import type { Part } from "../../data/dataset_index.ts";
import type { RgbImage } from "../../data/image.ts";
import { Generator } from "../../data/torch_random.ts";
import { calibrate } from "../../inference/calibration.ts";
import { references, unlikeThreshold } from "../../inference/out_of_distribution.ts";
import { predictDataset } from "../../inference/predict_dataset.ts";
import { START } from "../../models/manifest.ts";
import { Model } from "../../models/model.ts";
import { dropoutSize } from "../../models/parameter_specs.ts";
import { describedArchitecture } from "../../models/seen_as.ts";
import { rareClasses } from "../../training/balance.ts";
import { finetune } from "../../training/finetune.ts";
import { type BranchScore, scoreBranch } from "../../training/score.ts";
import type { NamedTensor } from "../../weights/parameter.ts";
import type { TeachSettings } from "./messages.ts";
import { PackLoader, type PackLoaderOptions } from "./pack_loader.ts";
import { packPhotos } from "./photo_pack.ts";

/** Photos, and the head to begin with. It is sent between workers. */
export interface FinetuneLesson {
  settings: TeachSettings;
  classes: string[];
  /** Class by class, each in the order of its files. */
  photos: { part: Part; label: number; group?: string; file: Blob }[];
  /** In tfjs layout; the head fitted to these photos. */
  parameters: ReadonlyMap<string, NamedTensor>;
}

export interface Finetuned {
  /** In tfjs layout. */
  parameters: Map<string, NamedTensor>;
  /** Divides logits before softmax, by the photos kept aside. */
  temperature: number;
  /** What tells photos of none of the classes; absent where the photos kept aside are too few. */
  outOfDistribution?: { references: ReturnType<typeof references>; threshold: number };
  /** The epoch that is kept, counted from 0; or `START`. */
  bestEpoch: number;
  /** Of the photos for validation, before and after. */
  before: number;
  score: BranchScore;
  /** Of those that nothing was chosen by. */
  test?: BranchScore;
}

/** Where pixels are packed, and who is told how far it is: from 0 to 1. */
export interface FinetuneMeans {
  decode(photo: Blob): Promise<RgbImage>;
  compose(): Promise<{ stream: WritableStream<Uint8Array>; done(): Promise<Blob> }>;
  onProgress?(what: "packing" | "learning", share: number): void;
}

/** @throws {Error} where a photo cannot be read any more, or a loss is not finite */
export async function finetuneTaught(
  { settings, classes, photos, parameters }: FinetuneLesson,
  { decode, compose, onProgress = () => {} }: FinetuneMeans,
): Promise<Finetuned> {
  const { finetune: recipe, seed, preprocessing } = settings;
  const architecture = describedArchitecture(settings);
  const pack = await packPhotos(
    photos.map(({ file }) => file),
    decode,
    await compose(),
    (done) => onProgress("packing", done / photos.length),
  );
  const of = (part: Part) =>
    photos.flatMap((photo, i) =>
      photo.part === part ? [{ ...pack.photos[i], label: photo.label, group: photo.group }] : []
    );
  const [train, val, test] = [of("train"), of("val"), of("test")];
  const balance = rareClasses(recipe.balance, train.map(({ label }) => label), classes.length);
  // One for all that chance decides, as the pipeline's.
  const generator = new Generator(seed);
  const loader = (photos: typeof train, more: Pick<PackLoaderOptions, "crop" | "shuffle">) =>
    new PackLoader({
      pixels: pack.pixels,
      photos,
      preprocessing,
      batchSize: recipe.batchSize,
      generator,
      ...more,
      ...(more.crop && {
        augmentation: recipe.augmentation,
        weights: balance?.weights,
        noisePerPhoto: dropoutSize(architecture),
      }),
    });
  const loaders = {
    train: loader(train, { crop: true, shuffle: true }),
    val: loader(val, { crop: false, shuffle: true }),
  };
  let model = new Model(architecture, classes.length, parameters);
  try {
    const total = loaders.val.length + recipe.epochs * (loaders.train.length + loaders.val.length);
    let done = 0;
    const { history, best } = await finetune(model, loaders, {
      recipe,
      logitOffsets: balance?.logitOffsets,
      onBatch: () => onProgress("learning", ++done / total),
    });
    model.dispose();
    model = new Model(architecture, classes.length, best);
    const asked = (photos: typeof train) =>
      predictDataset(model, loader(photos, { crop: false, shuffle: false }));
    const scored = async (photos: typeof train) => {
      const answers = await asked(photos);
      const groups = photos.some(({ group }) => group !== undefined)
        ? photos.map(({ group }) => group)
        : undefined;
      return { answers, score: scoreBranch(answers, classes, groups) };
    };
    const { answers, score } = await scored(val);
    const known = references(answers.map(({ features }) => features));
    const threshold = unlikeThreshold(known);
    return {
      parameters: best,
      temperature: calibrate(answers, { onlyIfBetter: true }).temperature,
      ...(threshold !== undefined && { outOfDistribution: { references: known, threshold } }),
      bestEpoch: history.best.epoch,
      before: Math.round(history.start!.accuracy * val.length),
      score,
      ...(test.length > 0 && { test: (await scored(test)).score }),
    };
  } finally {
    model.dispose();
  }
}

/** Whether an epoch was better than what it began with. */
export const isBetter = ({ bestEpoch }: Pick<Finetuned, "bestEpoch">): boolean =>
  bestEpoch !== START;
