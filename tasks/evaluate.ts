/** Step: both trained branches on every val photo, scored and compared; what the report tells. */
import { activateBackend } from "../backend/activate.ts";
import { type Dataset, openDataset } from "../data/dataset.ts";
import { DataLoader } from "../data/loader.ts";
import { accuracyInWords } from "../data/statistics/accuracy_in_words.ts";
import { percent } from "../data/statistics/percent.ts";
import { Generator } from "../data/torch_random.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { predictionGrid } from "../report/prediction_grid.ts";
import { calibrate, calibrated, type Calibration } from "../inference/calibration.ts";
import { type References, references, unlikeThreshold } from "../inference/out_of_distribution.ts";
import { argmax } from "../models/logits.ts";
import { type PhotoLogits, predictDataset } from "../inference/predict_dataset.ts";
import { type BranchScore, compareBranches, scoreBranch } from "../training/score.ts";
import { type Branch, BRANCHES, type OfBranches } from "../models/manifest.ts";
import { writeFacts } from "./artifacts/facts.ts";
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
  await activateBackend(backend, { threads, tuning });
  const dataset = await openDataset(step.inputs.build_datasets);
  // A run may have trained one branch alone.
  const trained = BRANCHES.filter((branch) => step.inputs[`train_${branch}`] !== undefined);
  const photos: OfBranches<PhotoLogits[]> = {};
  const known: OfBranches<References> = {};
  const branches: OfBranches<Scored> = {};
  for (const branch of trained) {
    const answers = photos[branch] = await predictVal(step, dataset, branch);
    const familiar = known[branch] = references(answers.map(({ features }) => features));
    branches[branch] = {
      ...scoreBranch(answers, dataset.classes),
      calibration: calibrate(answers),
      unlike_beyond: unlikeThreshold(familiar) ?? null,
    };
  }
  const comparison = photos.finetune && photos.frozen &&
    compareBranches(photos.finetune, photos.frozen);
  await metricsFile.write(step.output, { branches, comparison });
  await writeReferences(step.output, known);

  const files = dataset.photos("val");
  await writeJson(
    `${step.output}/predictions.json`,
    photos[trained[0]]!.map(({ index, label }, i) => ({
      path: files[index].path,
      label: dataset.classes[label],
      ...Object.fromEntries(trained.map((branch) => [
        branch,
        describe(photos[branch]![i], dataset.classes, branches[branch]!),
      ])),
    })),
  );
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
  await writeFacts(
    step.output,
    await reportFacts({ dataset, photos, branches, comparison }, step.inputs),
  );
  step.result(Object.fromEntries(trained.map((branch) => [branch, branches[branch]!.accuracy])));
}

async function predictVal(
  step: StepContext<ComputeParameters>,
  dataset: Dataset,
  branch: Branch,
): Promise<PhotoLogits[]> {
  const trained = step.inputs[`train_${branch}`];
  const manifest = await modelFile.read(trained);
  const model = await loadModel(manifest, `${trained}/${BEST_PARAMETERS}`);
  const { resize, size, mean, std } = manifest.preprocessing;
  const loader = new DataLoader(dataset, {
    split: "val",
    batchSize: 4,
    shuffle: false,
    generator: new Generator(0), // draws nothing that matters here
    transform: "eval",
    normalization: { mean, std },
    resize,
    size,
  });
  try {
    return await predictDataset(model, loader, {
      signal: step.signal,
      onBatch: (done, total) => step.progress({ done, total, unit: "batches", message: branch }),
    });
  } finally {
    loader.close();
    model.dispose();
  }
}

type Scored = BranchScore & { calibration: Calibration; unlike_beyond: number | null };

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
