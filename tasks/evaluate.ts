/** Step: both trained branches on every val photo, scored and compared; what the report tells. */
import { activateBackend } from "../backend/activate.ts";
import { type Dataset, openDataset } from "../data/dataset.ts";
import { DataLoader } from "../data/loader.ts";
import { accuracyInWords } from "../data/statistics/accuracy_in_words.ts";
import { percent } from "../data/statistics/percent.ts";
import { Generator } from "../data/torch_random.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { predictionGrid } from "../report/prediction_grid.ts";
import { calibrate, calibrated } from "../inference/calibration.ts";
import { references, unlikeThreshold } from "../inference/out_of_distribution.ts";
import { argmax } from "../models/logits.ts";
import { type PhotoLogits, predictDataset } from "../inference/predict_dataset.ts";
import { compareBranches, scoreBranch } from "../training/score.ts";
import { type Branch, BRANCHES } from "../models/manifest.ts";
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
  const photos: Record<Branch, PhotoLogits[]> = {
    finetune: await predictVal(step, dataset, "finetune"),
    frozen: await predictVal(step, dataset, "frozen"),
  };
  const featuresOf = (branch: Branch) => references(photos[branch].map(({ features }) => features));
  const known = { finetune: featuresOf("finetune"), frozen: featuresOf("frozen") };
  const score = (branch: Branch) => ({
    ...scoreBranch(photos[branch], dataset.classes),
    calibration: calibrate(photos[branch]),
    unlike_beyond: unlikeThreshold(known[branch]) ?? null,
  });
  const branches = { finetune: score("finetune"), frozen: score("frozen") };
  const comparison = compareBranches(photos.finetune, photos.frozen);
  await metricsFile.write(step.output, { branches, comparison });
  await writeReferences(step.output, known);

  const files = dataset.photos("val");
  await writeJson(
    `${step.output}/predictions.json`,
    photos.finetune.map(({ index, label }, i) => ({
      path: files[index].path,
      label: dataset.classes[label],
      finetune: describe(photos.finetune[i], dataset.classes, branches.finetune),
      frozen: describe(photos.frozen[i], dataset.classes, branches.frozen),
    })),
  );
  for (const branch of BRANCHES) {
    await Deno.writeFile(
      `${step.output}/predictions_${branch}.png`,
      await drawPredictions(dataset, branch, photos[branch], branches[branch]),
    );
    const { temperature, ece } = branches[branch].calibration;
    step.log(
      `${branch}: ${accuracyInWords(branches[branch])}; how sure it says it is differs from how ` +
        `often it is right by ${percent(ece.after)} (calibration error at temperature ` +
        `${temperature.toFixed(2)}; ${percent(ece.before)} without)`,
    );
  }
  step.log(comparison.summary);
  await writeFacts(
    step.output,
    await reportFacts({ dataset, photos, branches, comparison }, step.inputs),
  );
  step.result({ finetune: branches.finetune.accuracy, frozen: branches.frozen.accuracy });
}

async function predictVal(
  step: StepContext<ComputeParameters>,
  dataset: Dataset,
  branch: Branch,
): Promise<PhotoLogits[]> {
  const trained = step.inputs[`train_${branch}`];
  const manifest = await modelFile.read(trained);
  const model = await loadModel(manifest, `${trained}/${BEST_PARAMETERS}`);
  const { resize, size, interpolation, mean, std } = manifest.preprocessing;
  const loader = new DataLoader(dataset, {
    split: "val",
    batchSize: 4,
    shuffle: false,
    generator: new Generator(0), // draws nothing that matters here
    transform: "eval",
    normalization: { mean, std },
    resize,
    size,
    interpolation,
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

/** What a branch's score says of how its logits are to be read. */
interface Scored {
  calibration: { temperature: number };
}

function describe(
  { logits }: PhotoLogits,
  classes: readonly string[],
  { calibration: { temperature } }: Scored,
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
