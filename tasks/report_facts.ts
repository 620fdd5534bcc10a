/** What the report tells of an evaluation, gathered from what the steps before it left. */
import * as tf from "@tensorflow/tfjs";
import type { Dataset } from "../data/dataset.ts";
import type { Part } from "../data/dataset_index.ts";
import { type Finding, worstFirst } from "../data/doctor/finding.ts";
import type { RgbImage } from "../data/image.ts";
import { viewPhoto } from "../data/transforms.ts";
import {
  branchesIn,
  type ModelManifest,
  type OfBranches,
  type Recipe,
} from "../models/manifest.ts";
import type { BranchFacts, DataFacts, ReportFacts, ShownPhoto } from "../report/facts.ts";
import type { Abstention } from "../inference/abstention.ts";
import { calibrated, type Calibration } from "../inference/calibration.ts";
import { leastSure, telling, worstMistakes } from "../training/notable.ts";
import type { PhotoLogits } from "../inference/predict_dataset.ts";
import { type BranchComparison, type BranchScore, takenBranch } from "../training/score.ts";
import { loadModel } from "../inference/load_model.ts";
import { explainPhotos } from "../inference/explain_photos.ts";
import { advise } from "../training/advice.ts";
import { percent } from "../data/statistics/percent.ts";
import { honestScore } from "../data/statistics/honest_score.ts";
import { curvesFile } from "./artifacts/history.ts";
import { findingsFile, quarantineFile } from "./artifacts/findings.ts";
import { BEST_PARAMETERS, modelFile } from "./artifacts/model.ts";
import { type Probe, probeFile } from "./artifacts/probe.ts";
import { sourceFile } from "./artifacts/source.ts";
import { trainingBatch } from "../report/training_batch.ts";

/** Photos of each kind in the page; of heat maps, as many as the tutorial shows predictions. */
const SHOWN = 8;
const EXPLAINED = 6;

export interface Evaluation {
  dataset: Dataset;
  /** Photos to test by, where there are such. */
  test?: Dataset;
  photos: OfBranches<PhotoLogits[]>;
  branches: OfBranches<
    BranchScore & {
      calibration: Calibration;
      abstention: Abstention | null;
      test?: BranchScore;
      cross_validated?: BranchScore;
    }
  >;
  comparison?: BranchComparison;
}

/** @param inputs folders of the steps before evaluate */
export async function reportFacts(
  { dataset, test, photos, branches, comparison }: Evaluation,
  inputs: Record<string, string>,
): Promise<ReportFacts> {
  // As `predict` chooses.
  const shown = takenBranch({ branches, comparison });
  const trained = inputs[`train_${shown}`];
  const manifest = await modelFile.read(trained);
  const model = await loadModel(manifest, `${trained}/${BEST_PARAMETERS}`);
  const { preprocessing } = manifest;
  const show = (photo: PhotoLogits) =>
    describe(photo, dataset, preprocessing, branches[shown]!.calibration);
  const withCurves: OfBranches<BranchFacts> = {};
  for (const branch of branchesIn(branches)) {
    const curves = await curvesFile.read(inputs[`train_${branch}`]);
    withCurves[branch] = { ...branches[branch]!, curves };
  }
  const findings = (folder: string) => findingsOf(folder, preprocessing);
  const data = await dataFacts({ dataset, test }, inputs, findings);
  const probe = await probeOf(inputs);
  const worst = worstMistakes(photos[shown]!, SHOWN).map(show);
  try {
    return {
      classes: dataset.classes,
      data,
      model: {
        architecture: manifest.architecture,
        pretrained: manifest.pretrained,
        preprocessing,
      },
      branches: withCurves,
      comparison,
      shown,
      batch: await trainingBatch(dataset, preprocessing),
      worst,
      leastSure: leastSure(photos[shown]!, SHOWN).map(show),
      explained: await explain(telling(photos[shown]!, EXPLAINED).map(show)),
      advice: advise({
        classes: dataset.classes,
        train: data.counts.train,
        score: honestScore<BranchScore>(branches[shown]!).score,
        worst,
        findings: await findings(inputs.build_datasets),
        architecture: manifest.architecture,
        comparesNoBackbones: manifest.training?.recipe.kind === undefined,
        learningCurve: probe?.learningCurve,
      }),
      settings: [
        ...probe?.networks ? [networksCompared(probe.networks)] : [],
        ...settings(manifest, withCurves[shown]!.curves),
      ],
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
  preprocessing: ModelManifest["preprocessing"],
  { temperature }: Calibration,
): ShownPhoto {
  const [first, second] = calibrated(logits, temperature)
    .map((probability, i) => ({ probability, label: dataset.classes[i] }))
    .sort((a, b) => b.probability - a.probability);
  const { size } = preprocessing;
  const image: RgbImage = {
    width: size,
    height: size,
    data: viewPhoto(dataset.readPhoto("val", index), preprocessing),
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

/** Of a head that was fitted to features; other ways of training have none. */
async function probeOf({ train_frozen }: Record<string, string>): Promise<Probe | undefined> {
  if (train_frozen === undefined) return undefined;
  const { recipe } = (await modelFile.read(train_frozen)).training!;
  return recipe.kind === "probe" ? await probeFile.read(train_frozen) : undefined;
}

function networksCompared({ scores, unreached }: NonNullable<Probe["networks"]>): [string, string] {
  const each = scores.map(({ name, logLoss, accuracy }) =>
    `${name} (log loss ${logLoss.toFixed(4)}, ${percent(accuracy)} right)`
  );
  const missing = unreached.length > 0 ? `; not to be had: ${unreached.join(", ")}` : "";
  return ["Networks compared by cross-validation", each.join(", ") + missing];
}

/** Photos are packed whole, whatever a model sees of them: what a crop would cut off is no matter of others. */
async function findingsOf(
  folder: string,
  { fit = "crop" }: ModelManifest["preprocessing"],
): Promise<Finding[]> {
  const { findings } = await findingsFile.read(folder);
  if (fit === "crop") return findings;
  return findings.filter(({ kind }) => kind !== "elongated" && kind !== "cut_off");
}

async function dataFacts(
  { dataset, test }: Pick<Evaluation, "dataset" | "test">,
  inputs: Record<string, string>,
  findingsOf: (folder: string) => Promise<Finding[]>,
): Promise<DataFacts> {
  const builders = [inputs.build_datasets, ...test ? [inputs.build_test] : []];
  const [leftOut, findings] = [
    await Promise.all(builders.map((folder) => quarantineFile.read(folder))),
    await Promise.all(builders.map(findingsOf)),
  ];
  const source = await sourceFile.read(inputs.download_data);
  const all = [...dataset.photos("train"), ...dataset.photos("val"), ...test?.photos("test") ?? []]
    .toSorted((a, b) => a.width * a.height - b.width * b.height);
  const count = (of: Dataset, part: Part) =>
    Object.fromEntries(dataset.classes.map((name, label) => [
      name,
      of.photos(part).filter((photo) => photo.label === label).length,
    ]));
  return {
    ...source,
    counts: {
      train: count(dataset, "train"),
      val: count(dataset, "val"),
      ...(test && { test: count(test, "test") }),
    },
    smallest: all[0],
    largest: all.at(-1)!,
    exifOrientation: dataset.exifOrientation,
    leftOut: leftOut.flat(),
    findings: worstFirst(findings.flat()),
  };
}

function settings(
  { training, preprocessing }: ModelManifest,
  { epochs }: BranchFacts["curves"],
): [string, string][] {
  const { seed, device, recipe } = training!;
  const rates = [...new Set(epochs.map(({ lr }) => lr))];
  return [
    ...recipeSettings(recipe, rates),
    ["Seed", String(seed)],
    ["Photos are", fittedInWords(preprocessing)],
    ["Trained on", device],
    ["TensorFlow.js", tf.version_core],
  ];
}

function fittedInWords({ fit = "crop", resize, size }: ModelManifest["preprocessing"]): string {
  const square = `${size}×${size}`;
  if (fit === "squash") return `squashed to ${square}`;
  return fit === "pad"
    ? `resized to fit into ${square}, whose margins are of the mean colour`
    : `resized to ${resize}, cut to ${square}`;
}

/** @param rates those that epochs had, in their order */
function recipeSettings(recipe: Recipe, rates: readonly number[]): [string, string][] {
  if (recipe.kind === "probe") {
    return [["Head", "fitted to convergence on features of the frozen network"]];
  }
  const { epochs, batchSize, lr, momentum } = recipe;
  const common: [string, string][] = [
    ["Epochs", String(epochs)],
    ["Photos a batch", String(batchSize)],
  ];
  if (recipe.kind === undefined) {
    const later = rates.slice(1).map((rate) => rate.toPrecision(2));
    return [
      ...common,
      ["Learning rate", later.length > 0 ? `${lr}, then ${later.join(", ")}` : String(lr)],
      ["Optimiser", `SGD with momentum ${momentum}`],
    ];
  }
  const { optimizer, weightDecay, earliestRate } = recipe;
  return [
    ...common,
    [
      "Learning rate",
      `up to ${lr}, then a cosine to 0; times ${earliestRate} in the first layers`,
    ],
    [
      "Optimiser",
      optimizer === "adamw"
        ? `AdamW with weight decay ${weightDecay}`
        : `SGD with momentum ${momentum} and weight decay ${weightDecay}`,
    ],
  ];
}
