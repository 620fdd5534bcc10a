/**
 * Finetunes one set by many settings, over divisions and seeds, and appends a line for each to a file
 * (`FinetuneRun`). What is there already is not done again. Argument: `Work`, as JSON.
 */
import { activateBackend } from "../../backend/activate.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { DatasetIndex, Part } from "../../data/dataset_index.ts";
import { DataLoader } from "../../data/loader.ts";
import { Generator } from "../../data/torch_random.ts";
import { type PhotoLogits, predictDataset } from "../../inference/predict_dataset.ts";
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
import { convertStart } from "../../weights/convert_start.ts";
import type { NamedTensor } from "../../weights/parameter.ts";
import { readStateDict } from "../../weights/read.ts";
import { datasetOf, packPhotos, readDivision } from "./division.ts";
import { type FinetuneRun, keyOf, readRuns } from "./finetune_run.ts";
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

type Parameters = ReadonlyMap<string, NamedTensor>;

/** Photos at a time that are only looked at. */
const LOOKED_AT = { wasm: 16, webgpu: 64 };

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
  const done = new Set((await readRuns(out)).map(keyOf));
  const isLeft = (division: number) =>
    variants.some((variant) =>
      seeds.some((seed) => !done.has(keyOf({ set, division, seed, variant })))
    );
  if (!divisions.some(isLeft)) return;
  await activateBackend(work.backend, work);
  const index = await packPhotos(data, await readDivision(data, set, divisions[0]), folder);
  const pretrained = convertStart(
    await readStateDict(work.weights),
    (classes) => parameterSpecs(architecture, classes),
    architecture.head,
    work.weights,
  ).parameters;
  const features = await featuresOf(index, folder, architecture, pretrained, work.backend);
  for (const division of divisions) {
    if (!isLeft(division)) continue;
    using dataset = datasetOf(index, await readDivision(data, set, division), folder);
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

function loaderOf(
  dataset: Dataset,
  split: Part,
  { preprocessing: { mean, std, ...crops } }: Architecture,
  backend: Work["backend"],
): DataLoader {
  return new DataLoader(dataset, {
    split,
    batchSize: LOOKED_AT[backend],
    shuffle: false,
    transform: "eval",
    generator: new Generator(0),
    ...crops,
    normalization: { mean, std },
  });
}

/** Of every photo, by its path: what the frozen network says of it. */
async function featuresOf(
  index: DatasetIndex,
  folder: string,
  architecture: Architecture,
  pretrained: Parameters,
  backend: Work["backend"],
): Promise<Map<string, Float32Array>> {
  // What is packed is all called test.
  const photos = index.photos.map((photo) => photo.path.replace("test/", ""));
  const all = { set: "", division: 0, classes: index.classes, train: [], val: [], test: photos };
  using dataset = datasetOf(index, all, folder);
  const specs = parameterSpecs(architecture, 1);
  const [weight] = specs.filter(({ name }) => name === `${architecture.head}.weight`);
  const silent = { weight: new Float32Array(weight.shape[1]), bias: new Float32Array(1) };
  const model = new Model(architecture, 1, withHead(pretrained, architecture, silent));
  using loader = loaderOf(dataset, "test", architecture, backend);
  const outputs = await predictDataset(model, loader);
  model.dispose();
  const listed = dataset.photos("test");
  return new Map(outputs.map(({ index, features }) => [listed[index].path, features]));
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
  const outputsOf = (part: Part): PhotoLogits[] =>
    featuresOfPart(part).map((row, index) => ({
      index,
      label: dataset.photos(part)[index].label,
      features: row,
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

function scoreOf(photos: readonly PhotoLogits[], classes: number) {
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
    workers: backend === "webgpu" ? 2 : 1,
  });
  using val = new DataLoader(dataset, { ...common, split: "val", transform: "eval" });
  using test = loaderOf(dataset, "test", architecture, backend);
  const classes = dataset.classes.length;
  const model = new Model(architecture, classes, start);
  const epochs: FinetuneRun["epochs"] = [];
  const { history } = await finetune(model, { train, val }, {
    recipe,
    keepState: async ({ history, averaged }) => {
      const asked = averaged ? new Model(architecture, classes, averaged) : model;
      const { lr, train, val } = history.epochs.at(-1)!;
      const ofPhotos = ({ loss, accuracy }: typeof train) => ({ loss, accuracy });
      const answers = scoreOf(await predictDataset(asked, test), classes);
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
