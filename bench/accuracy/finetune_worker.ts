/**
 * Finetunes one set by many settings, over divisions and seeds, and appends a line for each to a file
 * (`FinetuneRun`). What is there already is not done again. Argument: `Work`, as JSON.
 */
import { activateBackend } from "../../backend/activate.ts";
import type { Dataset } from "../../data/dataset.ts";
import { type Part, PARTS } from "../../data/dataset_index.ts";
import { DataLoader, workersBeside } from "../../data/loader.ts";
import { evaluationCrop } from "../../data/transforms.ts";
import { Generator } from "../../data/torch_random.ts";
import {
  BATCH,
  type FeatureExtractor,
  openFeatureExtractor,
} from "../../inference/feature_extractor.ts";
import type { PhotoLogits } from "../../inference/predict_dataset.ts";
import type { Architecture } from "../../models/architecture.ts";
import type { FinetuneRecipe } from "../../models/manifest.ts";
import { Model } from "../../models/model.ts";
import { dropoutSize, parameterSpecs } from "../../models/parameter_specs.ts";
import { findArchitecture } from "../../models/registry.ts";
import { finetune } from "../../training/finetune.ts";
import { withHead } from "../../training/head.ts";
import { fitProbe } from "../../training/probe/fit_probe.ts";
import { accuracyScore, photoLosses } from "../../training/probe/log_loss.ts";
import { matrix } from "../../training/probe/matrix.ts";
import { PROBE } from "../../training/recipes.ts";
import { Sgd } from "../../training/sgd.ts";
import { type FinishedStep, TrainingSteps } from "../../training/training_steps.ts";
import { convertStart } from "../../weights/convert_start.ts";
import type { NamedTensor } from "../../weights/parameter.ts";
import { readStateDict } from "../../weights/read.ts";
import { datasetOf, packPhotos, readDivision } from "./division.ts";
import { readRuns } from "./accuracy_run.ts";
import { type FinetuneRun, finetuneRun, keyOf } from "./finetune_run.ts";
import { VARIANTS } from "./variants.ts";

export interface Work {
  /** As `prepare.py` made it. */
  data: string;
  set: string;
  divisions: number[];
  seeds: number[];
  variants: string[];
  model: string;
  /** A file of pretrained weights. */
  weights: string;
  backend: "wasm" | "webgpu";
  threads?: number;
  /** Where a GPU's fastest kernels are remembered. */
  tuning?: string;
  out: string;
  /** Begins nothing after so many seconds. */
  seconds: number;
}

type Answer = Pick<PhotoLogits, "index" | "label" | "logits">;
type Parameters = ReadonlyMap<string, NamedTensor>;

if (import.meta.main) {
  const work: Work = JSON.parse(Deno.args[0]);
  const folder = await Deno.makeTempDir({ prefix: "bench_finetune_" });
  try {
    await runAll(work, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  Deno.exit(0); // threads of the backend would keep it
}

async function runAll(work: Work, folder: string): Promise<void> {
  const { data, set, divisions, seeds, variants, out } = work;
  const architecture = findArchitecture(work.model);
  const done = new Set((await readRuns([out], finetuneRun)).map(keyOf));
  const isLeft = (division: number) =>
    variants.some((variant) =>
      seeds.some((seed) => !done.has(keyOf({ set, division, seed, variant })))
    );
  if (!divisions.some(isLeft)) return;
  const index = await packPhotos(data, await readDivision(data, set, divisions[0]), folder);
  const pretrained = convertStart(
    await readStateDict(work.weights),
    (classes) => parameterSpecs(architecture, classes),
    architecture.head,
    work.weights,
  ).parameters;
  const left = divisions.filter(isLeft);
  const datasets = await Promise.all(
    left.map(async (division) => datasetOf(index, await readDivision(data, set, division), folder)),
  );
  await activateBackend(work.backend, work);
  using network = openFeatureExtractor(architecture, pretrained);
  const features = await featuresOf(photosOf(datasets, architecture), network);
  for (const [i, division] of left.entries()) {
    using dataset = datasets[i];
    const start = startOf(dataset, features, architecture, pretrained);
    for (const seed of seeds) {
      for (const variant of variants) {
        const key = { set, division, seed, variant };
        if (done.has(keyOf(key))) continue;
        if (performance.now() / 1000 > work.seconds) return;
        const begun = performance.now();
        const recipe = VARIANTS.get(variant)!;
        const epochs = await epochsOf(dataset, architecture, start.parameters, recipe, seed, work);
        const count = (part: Part) => dataset.photos(part).length;
        const run: FinetuneRun = {
          bench: "finetune",
          ...key,
          recipe,
          model: architecture.name,
          backend: work.backend,
          C: start.C,
          photos: { train: count("train"), val: count("val"), test: count("test") },
          start: { val: start.val, test: start.test },
          epochs,
          seconds: (performance.now() - begun) / 1000,
        };
        await Deno.writeTextFile(out, JSON.stringify(run) + "\n", { append: true });
        console.error(describe(run));
      }
    }
  }
}

/** What a model says of test, by steps that are recorded where a backend can. */
async function answersOf(model: Model, test: DataLoader): Promise<Answer[]> {
  const steps = new TrainingSteps(model, "finetune", new Sgd([], 0));
  const finished: FinishedStep[] = [];
  for await (const batch of test) finished.push(...await steps.validate(batch));
  finished.push(...await steps.finish());
  steps.dispose();
  return finished.flatMap(({ batch: { indices, labels }, logits }) =>
    indices.map((index, i) => ({
      index,
      label: labels[i],
      logits: Array.from(logits.subarray(i * model.classes, (i + 1) * model.classes)),
    }))
  );
}

/** Of photos, by their paths: what the frozen network says of them. */
async function featuresOf(
  photos: readonly { path: string; crop: () => Uint8Array }[],
  network: FeatureExtractor,
): Promise<Map<string, Float32Array>> {
  const features = new Map<string, Float32Array>();
  for (let at = 0; at < photos.length; at += BATCH) {
    const batch = photos.slice(at, at + BATCH);
    const extracted = await network.extract(batch.map(({ crop }) => crop()));
    extracted.forEach((of, i) => features.set(batch[i].path, Float32Array.from(of)));
  }
  return features;
}

/** The photos of some divisions, each once. */
function photosOf(datasets: readonly Dataset[], { preprocessing }: Architecture) {
  const { resize, size, interpolation } = preprocessing;
  const photos = new Map<string, () => Uint8Array>();
  for (const dataset of datasets) {
    for (const part of PARTS) {
      for (const [i, { path }] of dataset.photos(part).entries()) {
        photos.set(
          path,
          () => evaluationCrop(dataset.readPhoto(part, i), resize, size, interpolation),
        );
      }
    }
  }
  return [...photos].map(([path, crop]) => ({ path, crop }));
}

/** The network with a head fitted as `train_frozen` fits it, and how good it is. */
function startOf(
  dataset: Dataset,
  features: ReadonlyMap<string, Float32Array>,
  architecture: Architecture,
  pretrained: Parameters,
) {
  const { classes } = dataset;
  const featuresOfPart = (part: Part) => {
    const rows = dataset.photos(part).map(({ path }) => features.get(path)!);
    return rows;
  };
  const rows = featuresOfPart("train");
  const columns = rows[0].length;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => data.set(row, i * columns));
  const labels = Int32Array.from(dataset.photos("train"), ({ label }) => label);
  const photos = { features: matrix(rows.length, columns, data), labels, classes };
  const options = { nSplits: PROBE.folds, seed: 0, Cs: PROBE.penalties };
  const { C, classifier } = fitProbe(photos, "none", options);
  const { coef: weight, intercept: bias } = classifier;
  const outputsOf = (part: Part): Answer[] =>
    featuresOfPart(part).map((row, index) => ({
      index,
      label: dataset.photos(part)[index].label,
      logits: classes.map((_, k) =>
        row.reduce((sum, value, i) => sum + value * weight[k * columns + i], bias[k])
      ),
    }));
  const { right: _, ...val } = scoreOf(outputsOf("val"), classes.length);
  return {
    C,
    val,
    test: scoreOf(outputsOf("test"), classes.length),
    parameters: withHead(pretrained, architecture, { weight, bias }),
  };
}

function scoreOf(photos: readonly Answer[], classes: number) {
  const sorted = photos.toSorted((a, b) => a.index - b.index);
  const logits = Float64Array.from(sorted.flatMap(({ logits }) => logits));
  const labels = Int32Array.from(sorted, ({ label }) => label);
  const losses = photoLosses(logits, labels, classes);
  return {
    loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    accuracy: accuracyScore(logits, labels, classes),
    right: sorted.map(({ logits, label }) => logits.indexOf(Math.max(...logits)) === label ? 1 : 0)
      .join(""),
  };
}

async function epochsOf(
  dataset: Dataset,
  architecture: Architecture,
  start: Parameters,
  recipe: FinetuneRecipe,
  seed: number,
  { backend }: Work,
): Promise<FinetuneRun["epochs"]> {
  const { mean, std, ...crops } = architecture.preprocessing;
  const generator = new Generator(seed), { batchSize, augmentation } = recipe;
  const common = { batchSize, shuffle: true, generator, ...crops, normalization: { mean, std } };
  const noisePerPhoto = dropoutSize(architecture);
  using train = new DataLoader(dataset, {
    ...common,
    split: "train",
    transform: "train",
    augmentation,
    noisePerPhoto,
    workers: workersBeside(backend),
  });
  using val = new DataLoader(dataset, { ...common, split: "val", transform: "eval" });
  using test = new DataLoader(dataset, {
    ...common,
    shuffle: false,
    batchSize: BATCH,
    split: "test",
    transform: "eval",
  });
  const classes = dataset.classes.length;
  const model = new Model(architecture, classes, start);
  const epochs: FinetuneRun["epochs"] = [];
  const { history } = await finetune(model, { train, val }, {
    recipe,
    keepState: async ({ history, averaged }) => {
      const asked = averaged ? new Model(architecture, classes, averaged) : model;
      const { lr, train, val } = history.epochs.at(-1)!;
      const ofPhotos = ({ loss, accuracy }: typeof train) => ({ loss, accuracy });
      const answers = scoreOf(await answersOf(asked, test), classes);
      epochs.push({ lr, train: ofPhotos(train), val: ofPhotos(val), test: answers });
      if (averaged) asked.dispose();
    },
  });
  if (history.epochs.length !== epochs.length) throw new Error("an epoch was not asked about");
  model.dispose();
  return epochs;
}

function describe({ set, division, variant, start, epochs, seconds }: FinetuneRun): string {
  const figures = (of: "val" | "test") =>
    [start, ...epochs].map((epoch) => (100 * epoch[of].accuracy).toFixed(1)).join(" ");
  return `${set} ${division} ${variant}: val ${figures("val")}; test ${figures("test")} ` +
    `(${seconds.toFixed(0)} s)`;
}
