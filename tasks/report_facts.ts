/** What the report tells of an evaluation, gathered from what the steps before it left. */
import * as tf from "@tensorflow/tfjs";
import type { Dataset } from "../data/dataset.ts";
import type { RgbImage } from "../data/image.ts";
import { evaluationCrop } from "../data/transforms.ts";
import type { Branch, ModelManifest } from "../models/manifest.ts";
import type { BranchFacts, DataFacts, ReportFacts, ShownPhoto } from "../report/facts.ts";
import { calibrated, type Calibration } from "../inference/calibration.ts";
import { leastSure, telling, worstMistakes } from "../training/notable.ts";
import type { PhotoLogits } from "../inference/predict_dataset.ts";
import type { BranchComparison, BranchScore } from "../training/score.ts";
import { loadModel } from "../inference/load_model.ts";
import { explainPhotos } from "../inference/explain_photos.ts";
import { curvesFile } from "./artifacts/history.ts";
import { findingsFile, quarantineFile } from "./artifacts/findings.ts";
import { BEST_PARAMETERS, modelFile } from "./artifacts/model.ts";
import { sourceFile } from "./artifacts/source.ts";
import { trainingBatch } from "../report/training_batch.ts";

/** Photos of each kind in the page; of heat maps, as many as the tutorial shows predictions. */
const SHOWN = 8;
const EXPLAINED = 6;

export interface Evaluation {
  dataset: Dataset;
  photos: Record<Branch, PhotoLogits[]>;
  branches: Record<Branch, BranchScore & { calibration: Calibration }>;
  comparison: BranchComparison;
}

/** @param inputs folders of the steps before evaluate */
export async function reportFacts(
  { dataset, photos, branches, comparison }: Evaluation,
  inputs: Record<string, string>,
): Promise<ReportFacts> {
  // As `predict` chooses.
  const shown = comparison.better === "frozen" ? "frozen" : "finetune";
  const trained = inputs[`train_${shown}`];
  const manifest = await modelFile.read(trained);
  const model = await loadModel(manifest, `${trained}/${BEST_PARAMETERS}`);
  const { preprocessing } = manifest;
  const show = (photo: PhotoLogits) =>
    describe(photo, dataset, preprocessing, branches[shown].calibration);
  const withCurves = async (branch: Branch): Promise<BranchFacts> => ({
    ...branches[branch],
    curves: await curvesFile.read(inputs[`train_${branch}`]),
  });
  try {
    return {
      classes: dataset.classes,
      data: await dataFacts(dataset, inputs),
      model: {
        architecture: manifest.architecture,
        pretrained: manifest.pretrained,
        preprocessing,
      },
      branches: { finetune: await withCurves("finetune"), frozen: await withCurves("frozen") },
      comparison,
      shown,
      batch: await trainingBatch(dataset),
      worst: worstMistakes(photos[shown], SHOWN).map(show),
      leastSure: leastSure(photos[shown], SHOWN).map(show),
      explained: await explain(telling(photos[shown], EXPLAINED).map(show)),
      settings: settings(manifest, (await withCurves(shown)).curves),
    };
  } finally {
    model.dispose();
  }

  async function explain(photos: ShownPhoto[]): Promise<ReportFacts["explained"]> {
    const labels = photos.map(({ predicted }) => dataset.classes.indexOf(predicted));
    const crops = photos.map(({ image }) => image.data);
    const heats = await explainPhotos(model, preprocessing, crops, labels);
    return photos.map((photo, i) => ({ ...photo, heat: heats[i] }));
  }
}

function describe(
  { index, label, logits }: PhotoLogits,
  dataset: Dataset,
  { resize, size, interpolation }: ModelManifest["preprocessing"],
  { temperature }: Calibration,
): ShownPhoto {
  const [first, second] = calibrated(logits, temperature)
    .map((probability, i) => ({ probability, label: dataset.classes[i] }))
    .sort((a, b) => b.probability - a.probability);
  const image: RgbImage = {
    width: size,
    height: size,
    data: evaluationCrop(dataset.readPhoto("val", index), resize, size, interpolation),
  };
  return {
    path: dataset.photos("val")[index].path,
    image,
    actual: dataset.classes[label],
    predicted: first.label,
    probability: first.probability,
    second,
  };
}

async function dataFacts(dataset: Dataset, inputs: Record<string, string>): Promise<DataFacts> {
  const source = await sourceFile.read(inputs.download_data);
  const all = [...dataset.photos("train"), ...dataset.photos("val")]
    .toSorted((a, b) => a.width * a.height - b.width * b.height);
  const count = (split: "train" | "val") =>
    Object.fromEntries(dataset.classes.map((name, label) => [
      name,
      dataset.photos(split).filter((photo) => photo.label === label).length,
    ]));
  return {
    ...source,
    counts: { train: count("train"), val: count("val") },
    smallest: all[0],
    largest: all.at(-1)!,
    exifOrientation: dataset.exifOrientation,
    leftOut: await quarantineFile.read(inputs.build_datasets),
    findings: (await findingsFile.read(inputs.build_datasets)).findings,
  };
}

function settings(
  { training, preprocessing }: ModelManifest,
  { epochs }: BranchFacts["curves"],
): [string, string][] {
  const { seed, device, recipe } = training!;
  const { batchSize, lr, momentum } = recipe;
  const rates = [...new Set(epochs.map(({ lr }) => lr))].map((rate) => rate.toPrecision(2));
  return [
    ["Epochs", String(recipe.epochs)],
    ["Photos a batch", String(batchSize)],
    ["Learning rate", rates.length > 1 ? `${lr}, then ${rates.slice(1).join(", ")}` : String(lr)],
    ["Optimiser", `SGD with momentum ${momentum}`],
    ["Seed", String(seed)],
    [
      "Photos are",
      `resized to ${preprocessing.resize}, cut to ${preprocessing.size}×${preprocessing.size}`,
    ],
    ["Trained on", device],
    ["TensorFlow.js", tf.version_core],
  ];
}
