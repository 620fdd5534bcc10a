/** The body that both training steps share; the branch is all that tells them apart. */
import { activatePreloaded } from "../backend/preloaded.ts";
import { openDataset } from "../data/dataset.ts";
import { counted } from "../data/statistics/percent.ts";
import { DataLoader, workersBeside } from "../data/loader.ts";
import { Generator } from "../data/torch_random.ts";
import { type Branch, type ModelManifest, START } from "../models/manifest.ts";
import { Model } from "../models/model.ts";
import { dropoutSize } from "../models/parameter_specs.ts";
import { describedArchitecture } from "../models/seen_as.ts";
import { type Checkpoint, Checkpoints } from "../pipeline/process/checkpoints.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { rareClasses } from "../training/balance.ts";
import { finetune, type FinetuneState } from "../training/finetune.ts";
import { fit } from "../training/fit.ts";
import { replaceHead } from "../training/head.ts";
import {
  type EpochResult,
  type History,
  learningCurves,
  type PhaseResult,
  type RateTest,
} from "../training/history.ts";
import type { BatchProgress } from "../training/run_phase.ts";
import { testRates } from "../training/rate_test.ts";
import { epochsWithin } from "../training/time_budget.ts";
import { traceStep } from "../training/trace.ts";
import { curvesFile, historyFile } from "./artifacts/history.ts";
import { BEST_PARAMETERS, modelFile, PRETRAINED_PARAMETERS } from "./artifacts/model.ts";
import { readParameters, writeParameters } from "../weights/parameter_file.ts";
import type { TrainParameters } from "./parameters.ts";
import { TrainingProgress } from "./training_progress.ts";
import { readTrainingState, writeTrainingState } from "./training_state.ts";

const BALANCED =
  "photos of rare classes come as often as those of frequent ones while all layers learn " +
  "(--balance); probabilities are of the classes' true shares";

export function runTraining(branch: Branch): Promise<void> {
  return runStep<TrainParameters>((step) => train(branch, step));
}

async function train(branch: Branch, step: StepContext<TrainParameters>): Promise<void> {
  const { backend, device, threads, tuning, recipe: asked, seed, timeBudget } = step.parameters;
  await activatePreloaded(backend, { threads, tuning });
  // Where a head was fitted before, training starts from it, else from a new one.
  const fitted = step.inputs.train_frozen;
  const manifest = await modelFile.read(fitted ?? step.inputs.convert_weights);
  const architecture = describedArchitecture(manifest);
  const pretrained = await readParameters(
    fitted
      ? `${fitted}/${BEST_PARAMETERS}`
      : `${step.inputs.convert_weights}/${PRETRAINED_PARAMETERS}`,
  );
  const dataset = await openDataset(step.inputs.build_datasets);

  const checkpoints = new Checkpoints(step.checkpoints);
  let last: Checkpoint | undefined = await checkpoints.latest(asked.epochs);
  let from = last && await readTrainingState(last.path, pretrained);
  if (!goesOn(from, step.parameters)) last = from = undefined;
  // One generator for all, drawn from in the tutorial's order: the head first, then every epoch.
  const generator = from?.generator ?? new Generator(seed);
  const classes = dataset.classes.length;
  const model = new Model(
    architecture,
    classes,
    from?.parameters ??
      (fitted ? pretrained : replaceHead(pretrained, architecture, classes, generator)),
  );
  const { mean, std, ...crops } = architecture.preprocessing;
  const labels = dataset.photos("train").map(({ label }) => label);
  const balance = asked.kind === "finetune"
    ? rareClasses(asked.balance, labels, classes)
    : undefined;
  if (balance) step.log(BALANCED);
  const loadersBy = (generator: Generator) => {
    const { batchSize } = asked, normalization = { mean, std };
    // What normalises photos itself is sent a quarter of the bytes.
    const beside = { workers: workersBeside(backend), raw: backend === "webgpu" };
    const common = { batchSize, shuffle: true, generator, ...crops, normalization, ...beside };
    return {
      train: new DataLoader(dataset, {
        ...common,
        split: "train",
        transform: "train",
        ...(asked.kind === "finetune" && { augmentation: asked.augmentation }),
        weights: balance?.weights,
        noisePerPhoto: dropoutSize(architecture),
      }),
      val: new DataLoader(dataset, { ...common, split: "val", transform: "eval" }),
    };
  };
  // Measured once: whoever goes on has the rate and the epochs of the beginning.
  const rateTest = from ? from.rateTest : await testedRates();
  const epochs = asked.kind === undefined ? asked.epochs : from?.epochs ?? await plannedEpochs();
  const recipe = { ...asked, epochs, lr: rateTest?.suggested ?? asked.lr };
  if (last) step.log(`goes on after epoch ${last.position}/${epochs}, kept in ${last.path}`);
  const loaders = loadersBy(generator);
  // Always written: a line a step costs nothing beside the step, and is what a run is compared by.
  const traceFile = `${step.output}/trace.ndjson`;
  if (last) await Deno.copyFile(`${last.path}/trace.ndjson`, traceFile);
  using trace = await Deno.open(traceFile, { append: true, create: true });
  const photos = dataset.photos("train");
  const batches = { train: loaders.train.length, val: loaders.val.length };
  const progress = new TrainingProgress(
    recipe.epochs,
    batches,
    from?.history,
    recipe.kind === "finetune",
  );
  try {
    const watched = {
      signal: step.signal,
      from,
      onBatch: (batch: BatchProgress) => {
        if (batch.phase === "train") writeLine(trace, traceStep(batch, photos));
        step.progress(progress.batch(batch));
      },
      onStart: (start: PhaseResult) => step.log(progress.start(start)),
      onEpoch: (epoch: EpochResult, history: History) => step.log(progress.epoch(epoch, history)),
      keepState: async (state: FinetuneState) => {
        const before = await checkpoints.saveBeside(state.history.epochs.length, async (folder) => {
          Deno.copyFileSync(traceFile, `${folder}/trace.ndjson`); // the next epoch is not in it yet
          await writeTrainingState(folder, state, { epochs, rateTest }, generator, pretrained);
        });
        last = before ?? last;
      },
    };
    const training = recipe.kind === "finetune"
      ? finetune(model, loaders, { ...watched, recipe, logitOffsets: balance?.logitOffsets })
      : fit(model, loaders, { ...watched, branch, recipe });
    const { history, best } = await training.finally(async () => {
      last = await checkpoints.saved() ?? last;
    });
    if (history.best.epoch === START) {
      step.log("no epoch has a lower loss on val than what training began with, which is kept");
    }
    const trained: ModelManifest = {
      ...manifest,
      classes: dataset.classes,
      training: {
        branch,
        recipe,
        seed,
        bestEpoch: history.best.epoch,
        valAccuracy: history.best.accuracy,
        device,
      },
    };
    await writeParameters(`${step.output}/${BEST_PARAMETERS}`, best);
    await modelFile.write(step.output, trained);
    await historyFile.write(step.output, history);
    await curvesFile.write(step.output, learningCurves(history, rateTest));
    step.result({
      bestAccuracy: history.best.accuracy,
      epochsToBest: history.best.epoch + 1,
      seconds: history.epochs.reduce((sum, { train, val }) => sum + train.seconds + val.seconds, 0),
    });
  } catch (error) {
    if (last && error instanceof Error && !step.signal.aborted) {
      error.message += ` (the last checkpoint, a rerun's beginning, is that of epoch ` +
        `${last.position}/${recipe.epochs}: ${last.path})`;
    }
    throw error;
  } finally {
    loaders.train.close();
    loaders.val.close();
    model.dispose();
  }

  async function testedRates(): Promise<RateTest | undefined> {
    if (!step.parameters.findRate || asked.kind !== "finetune") return undefined;
    const own = loadersBy(new Generator(seed));
    try {
      const tested = await testRates(model, own.train, {
        recipe: asked,
        logitOffsets: balance?.logitOffsets,
        signal: step.signal,
        onStep: (done, total) => step.progress({ done, total, unit: "rates" }),
      });
      step.log(
        tested.suggested === null
          ? `no rate that was tried makes the loss fall: the recipe's, ${asked.lr}, is taken`
          : `--lr auto: ${tested.suggested.toPrecision(2)}, by the losses at ${
            counted(tested.rates.length, "rate")
          }`,
      );
      return tested;
    } finally {
      own.train.close();
      own.val.close();
    }
  }

  async function plannedEpochs(): Promise<number> {
    if (timeBudget === undefined || asked.kind !== "finetune") return asked.epochs;
    const own = loadersBy(new Generator(seed));
    try {
      const epochs = await epochsWithin(timeBudget, model, own, asked);
      step.log(`the time budget of ${timeBudget} s is enough for ${counted(epochs, "epoch")}`);
      return epochs;
    } finally {
      own.train.close();
      own.val.close();
    }
  }
}

/** Whether a state is of the very training that is asked for: rates may follow from all epochs. */
function goesOn(from: { epochs?: number } | undefined, asked: TrainParameters): boolean {
  if (asked.recipe.kind === undefined) return true;
  return asked.timeBudget !== undefined || from?.epochs === asked.recipe.epochs;
}

function writeLine(file: Deno.FsFile, value: unknown): void {
  let rest = new TextEncoder().encode(`${JSON.stringify(value)}\n`);
  while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
}
