/** What the report tells of an evaluation, gathered from what the steps before it left. */
import * as tf from "@tensorflow/tfjs";
import type { Dataset } from "../data/dataset.ts";
import type { Quarantined } from "../data/dataset_index.ts";
import type { RgbImage } from "../data/image.ts";
import { evaluationCrop, normalizer } from "../data/transforms.ts";
import type { ModelManifest } from "../models/manifest.ts";
import type {
  BranchFacts,
  BranchName,
  DataFacts,
  ReportFacts,
  ShownPhoto,
} from "../report/page/facts.ts";
import { calibrated, type Calibration } from "../inference/calibration.ts";
import { gradCam } from "../inference/grad_cam.ts";
import type { LearningCurves } from "../training/history.ts";
import { leastSure, telling, worstMistakes } from "../training/notable.ts";
import type { PhotoLogits } from "../inference/predict_dataset.ts";
import { RECIPES } from "../training/recipes.ts";
import type { BranchComparison, BranchScore } from "../training/score.ts";
import type { SourceInfo } from "../data/sources/source_info.ts";
import { readJson } from "./json.ts";
import { loadModel } from "./load_model.ts";
import { trainingBatch } from "../report/training_batch.ts";

/** Photos of each kind in the page; of heat maps, as many as the tutorial shows predictions. */
const SHOWN = 8;
const EXPLAINED = 6;

export interface Evaluation {
  dataset: Dataset;
  photos: Record<BranchName, PhotoLogits[]>;
  branches: Record<BranchName, BranchScore & { calibration: Calibration }>;
  comparison: BranchComparison;
}

/** @param inputs folders of the steps before evaluate */
export async function reportFacts(
  { dataset, photos, branches, comparison }: Evaluation,
  inputs: Record<string, string>,
): Promise<ReportFacts> {
  // As `predict` chooses.
  const shown = comparison.better === "frozen" ? "frozen" : "finetune";
  const { model, manifest } = await loadModel(inputs[`train_${shown}`]);
  const { preprocessing } = manifest;
  const show = (photo: PhotoLogits) =>
    describe(photo, dataset, preprocessing, branches[shown].calibration);
  const withCurves = async (branch: BranchName): Promise<BranchFacts> => ({
    ...branches[branch],
    curves: await readJson<LearningCurves>(`${inputs[`train_${branch}`]}/curves.json`),
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
    const { size } = preprocessing;
    const explained: ReportFacts["explained"] = [];
    for (const photo of photos) {
      const pixels = new Float32Array(size * size * 3);
      normalizer(preprocessing)(photo.image.data, pixels);
      const images = tf.tensor4d(pixels, [1, size, size, 3]);
      const label = dataset.classes.indexOf(photo.predicted);
      const [{ heat }] = await gradCam(model, images, [label]);
      images.dispose();
      explained.push({ ...photo, heat });
    }
    return explained;
  }
}

function describe(
  { index, label, logits }: PhotoLogits,
  dataset: Dataset,
  { resize, size }: ModelManifest["preprocessing"],
  { temperature }: Calibration,
): ShownPhoto {
  const [first, second] = calibrated(logits, temperature)
    .map((probability, i) => ({ probability, label: dataset.classes[i] }))
    .sort((a, b) => b.probability - a.probability);
  const image: RgbImage = {
    width: size,
    height: size,
    data: evaluationCrop(dataset.readPhoto("val", index), resize, size),
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
  const source = await readJson<SourceInfo>(`${inputs.download_data}/source.json`);
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
    leftOut: await readJson<Quarantined[]>(`${inputs.build_datasets}/quarantine.json`),
    findings: (await readJson(`${inputs.build_datasets}/findings.json`)).findings,
  };
}

function settings(
  { training, preprocessing }: ModelManifest,
  { epochs }: BranchFacts["curves"],
): [string, string][] {
  const { batchSize, lr, seed, device } = training!;
  const rates = [...new Set(epochs.map(({ lr }) => lr))].map((rate) => rate.toPrecision(2));
  return [
    ["Epochs", String(training!.epochs)],
    ["Photos a batch", String(batchSize)],
    ["Learning rate", rates.length > 1 ? `${lr}, then ${rates.slice(1).join(", ")}` : String(lr)],
    ["Optimiser", `SGD with momentum ${RECIPES.tutorial.momentum}`],
    ["Seed", String(seed)],
    [
      "Photos are",
      `resized to ${preprocessing.resize}, cut to ${preprocessing.size}×${preprocessing.size}`,
    ],
    ["Trained on", device],
    ["TensorFlow.js", tf.version_core],
  ];
}
