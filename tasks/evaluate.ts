/**
 * Step: both trained branches on every val photo, scored and compared, and on the photos to test by,
 * where there are such; what the report tells.
 */
import { activatePreloaded } from "../backend/preloaded.ts";
import { type Dataset, openDataset } from "../data/dataset.ts";
import type { Part, Photo } from "../data/dataset_index.ts";
import { DataLoader, workersBeside } from "../data/loader.ts";
import { accuracyInWords } from "../data/statistics/accuracy_in_words.ts";
import { percent } from "../data/statistics/percent.ts";
import { Generator } from "../data/torch_random.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { batchGrid } from "../report/batch_grid.ts";
import { predictionGrid } from "../report/prediction_grid.ts";
import { type Abstention, abstention } from "../inference/abstention.ts";
import { calibrate, calibrated, type Calibration } from "../inference/calibration.ts";
import { type References, references, unlikeThreshold } from "../inference/out_of_distribution.ts";
import { argmax } from "../models/logits.ts";
import { type PhotoLogits, predictDataset } from "../inference/predict_dataset.ts";
import { type BranchScore, compareBranches, scoreBranch } from "../training/score.ts";
import { type Branch, BRANCHES, branchesIn, type OfBranches } from "../models/manifest.ts";
import { writeFacts } from "./artifacts/facts.ts";
import { heldOutFile } from "./artifacts/held_out.ts";
import { metricsFile } from "./artifacts/metrics.ts";
import { BEST_PARAMETERS, modelFile } from "./artifacts/model.ts";
import { writeReferences } from "./artifacts/postprocessing.ts";
import { writeJson } from "./json.ts";
import { loadModel } from "../inference/load_model.ts";
import type { ComputeParameters } from "./parameters.ts";
import { reportFacts } from "./report_facts.ts";

/** As many photos as the tutorial's `visualize_model` shows. */
const SHOWN = 6;

if (import.meta.main) await runStep<ComputeParameters>(evaluate);

async function evaluate(step: StepContext<ComputeParameters>): Promise<void> {
  const { backend, threads, tuning } = step.parameters;
  await activatePreloaded(backend, { threads, tuning });
  const dataset = await openDataset(step.inputs.build_datasets);
  // Where the recipe keeps photos to test by; they decide nothing of what comes before.
  const test = await testOf(step);
  // A run may have trained one branch alone.
  const trained = BRANCHES.filter((branch) => step.inputs[`train_${branch}`] !== undefined);
  const photos: OfBranches<PhotoLogits[]> = {};
  const tested: OfBranches<PhotoLogits[]> = {};
  const known: OfBranches<References> = {};
  const branches: OfBranches<Scored> = {};
  for (const branch of trained) {
    const answered = await answersOf(step, branch, dataset, test);
    const answers = photos[branch] = answered.val;
    if (answered.test) tested[branch] = answered.test;
    const familiar = known[branch] = references(answers.map(({ features }) => features));
    const { training } = await modelFile.read(step.inputs[`train_${branch}`]);
    // The tutorial's way always had a temperature.
    const onlyIfBetter = training?.recipe.kind !== undefined;
    const calibration = calibrate(answers, { onlyIfBetter });
    branches[branch] = {
      ...scoreBranch(answers, dataset.classes, groupsOf(dataset.photos("val"))),
      calibration,
      unlike_beyond: unlikeThreshold(familiar) ?? null,
      abstention: abstention(answers, calibration.temperature, answered.test) ?? null,
      ...(test && answered.test && {
        test: scoreBranch(answered.test, dataset.classes, groupsOf(test.photos("test"))),
      }),
      // What finetuning would have come to without a photo is not known: that takes too long.
      ...(branch === "frozen" && !answered.test && await crossValidated(step, dataset.classes)),
    };
  }
  const comparison = photos.finetune && photos.frozen &&
    compareBranches(photos.finetune, photos.frozen);
  const facts = await reportFacts(
    { dataset, test, photos, branches, comparison },
    step.inputs,
  );
  await metricsFile.write(step.output, { branches, comparison, advice: facts.advice });
  await writeReferences(step.output, known);

  const { classes } = dataset;
  await writeJson(
    `${step.output}/predictions.json`,
    predictionsOf(dataset.photos("val"), classes, photos, branches),
  );
  if (test) {
    await writeJson(
      `${step.output}/predictions_test.json`,
      predictionsOf(test.photos("test"), classes, tested, branches),
    );
  }
  await Deno.writeFile(`${step.output}/batch.png`, await batchGrid(facts.batch));
  for (const branch of trained) {
    const score = branches[branch]!;
    await Deno.writeFile(
      `${step.output}/predictions_${branch}.png`,
      await drawPredictions(dataset, branch, photos[branch]!, score),
    );
    const { temperature, ece } = score.calibration;
    step.log(
      `${branch}: ${accuracyInWords(score)}; how sure it says it is differs from how ` +
        `often it is right by ${percent(ece.after)} (calibration error at temperature ` +
        `${temperature.toFixed(2)}; ${percent(ece.before)} without)`,
    );
  }
  if (comparison) step.log(comparison.summary);
  await writeFacts(step.output, facts);
  const accuracies = (of: (score: Scored) => BranchScore | undefined) =>
    Object.fromEntries(trained.map((branch) => [branch, of(branches[branch]!)!.accuracy]));
  step.result({
    ...accuracies((score) => score),
    ...(test && { test: accuracies((score) => score.test) }),
  });
}

/** How the head's way of choosing fares on photos that it left out; nothing where it left none out. */
async function crossValidated(
  { inputs, log }: StepContext<unknown>,
  classes: readonly string[],
): Promise<{ cross_validated?: BranchScore }> {
  const parts = Object.keys(inputs).filter((name) => name.startsWith("cross_validate_"));
  const answers = await Promise.all(parts.map((name) => heldOutFile.read(inputs[name])));
  const refused = answers.find(({ refused }) => refused !== undefined);
  if (refused) log(`its accuracy is not cross-validated: ${refused.refused}`);
  const photos = answers.flatMap(({ photos }) => photos);
  if (refused || photos.length === 0) return {};
  const groups: (string | undefined)[] = [];
  for (const { index, group } of photos) if (group !== undefined) groups[index] = group;
  const ofGroups = groups.length > 0 ? groups : undefined;
  return { cross_validated: scoreBranch(photos, classes, ofGroups) };
}

/** Photos to test by; undefined where there are none. */
async function testOf({ inputs }: StepContext<unknown>): Promise<Dataset | undefined> {
  if (inputs.build_test === undefined) return undefined;
  const test = await openDataset(inputs.build_test, ["test"]);
  return test.photos("test").length > 0 ? test : undefined;
}

/** Undefined where no photos belong together. */
function groupsOf(photos: readonly Photo[]): (string | undefined)[] | undefined {
  const groups = photos.map(({ group }) => group);
  return groups.some((group) => group !== undefined) ? groups : undefined;
}

/** What a branch's model says of each val photo, and of those to test by. */
async function answersOf(
  step: StepContext<ComputeParameters>,
  branch: Branch,
  dataset: Dataset,
  test: Dataset | undefined,
): Promise<{ val: PhotoLogits[]; test?: PhotoLogits[] }> {
  const trained = step.inputs[`train_${branch}`];
  const manifest = await modelFile.read(trained);
  const model = await loadModel(manifest, `${trained}/${BEST_PARAMETERS}`);
  try {
    return {
      val: await ask(dataset, "val"),
      ...(test && { test: await ask(test, "test") }),
    };
  } finally {
    model.dispose();
  }

  async function ask(photos: Dataset, split: Part): Promise<PhotoLogits[]> {
    const { mean, std, ...view } = manifest.preprocessing;
    using loader = new DataLoader(photos, {
      split,
      batchSize: 4,
      shuffle: false,
      generator: new Generator(0), // draws nothing that matters here
      transform: "eval",
      normalization: { mean, std },
      ...view,
      workers: workersBeside(step.parameters.backend),
    });
    return await predictDataset(model, loader, {
      signal: step.signal,
      onBatch: (done, total) =>
        step.progress({ done, total, unit: "batches", message: `${branch}, ${split}` }),
    });
  }
}

/** What the branches say of each photo, those of one of them at least. */
function predictionsOf(
  files: readonly Photo[],
  classes: readonly string[],
  photos: OfBranches<PhotoLogits[]>,
  branches: OfBranches<Scored>,
) {
  const answered = branchesIn(photos);
  return photos[answered[0]]!.map(({ index, label }, i) => ({
    path: files[index].path,
    label: classes[label],
    ...Object.fromEntries(answered.map((branch) => [
      branch,
      describe(photos[branch]![i], classes, branches[branch]!),
    ])),
  }));
}

type Scored = BranchScore & {
  calibration: Calibration;
  unlike_beyond: number | null;
  abstention: Abstention | null;
  test?: BranchScore;
  cross_validated?: BranchScore;
};

function describe(
  { logits }: PhotoLogits,
  classes: readonly string[],
  { calibration: { temperature } }: Pick<Scored, "calibration">,
) {
  const predicted = argmax(logits);
  const probability = calibrated(logits, temperature)[predicted];
  return { label: classes[predicted], probability, logits };
}

/** Photos spread evenly over val, so that every class and the mistakes among them can be met. */
async function drawPredictions(
  dataset: Dataset,
  branch: Branch,
  photos: PhotoLogits[],
  score: Scored,
): Promise<Uint8Array> {
  const shown = Math.min(SHOWN, photos.length);
  const tiles = await Promise.all(Array.from({ length: shown }, async (_, i) => {
    const photo = photos[Math.floor(((i + 0.5) * photos.length) / shown)];
    const { label, probability } = describe(photo, dataset.classes, score);
    return {
      image: await dataset.readPhoto("val", photo.index),
      predicted: label,
      probability,
      actual: dataset.classes[photo.label],
    };
  }));
  return predictionGrid(tiles, { title: `Predictions of the ${branch} branch`, columns: 3 });
}
