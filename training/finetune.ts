/** Finetuning from a head that is there already, by the means of today. */
import { moveAverages } from "../backend/ops/move_averages.ts";
import type { Loader } from "../data/batch.ts";
import { type FinetuneRecipe, START } from "../models/manifest.ts";
import { Model } from "../models/model.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import { cosineSchedule } from "./cosine_schedule.ts";
import { finetuneOptimizer } from "./finetune_optimizer.ts";
import type { FitResult, TrainingState } from "./fit.ts";
import type { EpochResult, History, PhaseResult } from "./history.ts";
import { type BatchProgress, runPhase } from "./run_phase.ts";
import { TrainingSteps } from "./training_steps.ts";

/** As a training of the tutorial's, and the averaged weights where there are any. */
export interface FinetuneState extends TrainingState {
  averaged?: Map<string, NamedTensor>;
}

export interface FinetuneOptions {
  recipe: FinetuneRecipe;
  /** As in `StepSettings`, where photos of rare classes come more often than they are. */
  logitOffsets?: readonly number[];
  signal?: AbortSignal;
  /** Goes on after these epochs; the model holds the state's parameters already. */
  from?: FinetuneState;
  onBatch?: (progress: BatchProgress) => void;
  /** Is told what val says of the model before it learns anything. */
  onStart?: (start: PhaseResult) => void;
  onEpoch?: (epoch: EpochResult, history: History) => void;
  /** As in `FitOptions`. */
  keepState?: (state: FinetuneState) => Promise<void>;
}

/**
 * Trains all of `model` and keeps the parameters, averaged where the recipe says so, of the epoch with
 * the lowest val loss: of a few hundred photos it says more than how many are right, of which the
 * highest of several epochs is luck to a part. What it begins with is one of them, and wins where an
 * epoch is no better. Ends early when none has been better for as many epochs as the recipe has patience.
 *
 * @throws {Error} when a loss is not finite, naming epoch, batch, photos and learning rate
 */
export async function finetune(
  model: Model,
  loaders: { train: Loader; val: Loader },
  { recipe, logitOffsets, signal, from, onBatch, onStart, onEpoch, keepState }: FinetuneOptions,
): Promise<FitResult> {
  const history: History = structuredClone(from?.history) ??
    { epochs: [], best: { epoch: START, accuracy: 0 } };
  let best = from?.best ?? await model.snapshot();
  const optimizer = finetuneOptimizer(model, recipe, from?.momentum);
  const averaged = recipe.averaging === 0
    ? undefined
    : new Model(model.architecture, model.classes, from?.averaged ?? best);
  const computation = new TrainingSteps(model, "finetune", optimizer, {
    labelSmoothing: recipe.labelSmoothing,
    batchNorm: recipe.batchNorm,
    logitOffsets,
    validated: averaged,
    afterStep: () => averaged && follow(averaged, model, recipe),
  });
  const perEpoch = loaders.train.length, steps = recipe.epochs * perEpoch;
  const warmup = Math.round(recipe.warmup * steps);
  const rateOf = (step: number) => recipe.lr * cosineSchedule(step, steps, warmup);
  const validate = (epoch: number, lr: number) =>
    runPhase("val", loaders.val, { classes: model.classes, epoch, lr, signal, onBatch }, {
      run: (batch) => computation.validate(batch),
      finish: () => computation.finish(),
    });
  try {
    if (!history.start) {
      history.start = await validate(START, 0);
      history.best = { epoch: START, accuracy: history.start.accuracy };
      onStart?.(history.start);
    }
    for (let epoch = history.epochs.length; epoch < recipe.epochs; epoch++) {
      if (hasEnded(history, recipe.patience)) break;
      const first = epoch * perEpoch, lr = rateOf(first);
      const phase = { classes: model.classes, epoch, lr, signal, onBatch };
      const train = await runPhase("train", loaders.train, phase, {
        run: (batch, i) => computation.train(batch, rateOf(first + i), first + i),
        finish: () => computation.finish(),
      });
      const val = await validate(epoch, lr);
      const result = { epoch, lr, train, val };
      const isBest = isBetter(result, history);
      history.epochs.push(result);
      if (isBest) {
        history.best = { epoch, accuracy: val.accuracy };
      }
      const validated = averaged ?? model;
      // Side by side: each waits for the GPU.
      const [judged, learning, momentum] = await Promise.all([
        isBest || keepState ? validated.snapshot() : best,
        averaged && keepState ? model.snapshot() : undefined,
        keepState ? optimizer.snapshot() : [],
      ]);
      if (isBest) best = judged;
      await keepState?.({
        history,
        parameters: learning ?? judged,
        averaged: averaged && judged,
        momentum,
        best,
      });
      onEpoch?.(result, history);
    }
  } finally {
    computation.dispose();
    optimizer.dispose();
    averaged?.dispose();
  }
  return { history, best };
}

/** Moves the averaged weights a step towards the model's, and takes its running statistics over. */
function follow(averaged: Model, model: Model, { averaging, batchNorm }: FinetuneRecipe): void {
  moveAverages(averaged.trainable("all"), model.trainable("all"), averaging);
  if (batchNorm === "running") return;
  const buffers = (of: Model) =>
    [...of.parameters.values()].filter((variable) => !variable.trainable);
  moveAverages(buffers(averaged), buffers(model), 0);
}

/** @param history of the start and the epochs before */
function isBetter({ val }: EpochResult, { start, epochs, best }: History): boolean {
  const kept = best.epoch === START ? start! : epochs[best.epoch].val;
  return val.loss < kept.loss;
}

function hasEnded({ epochs, best }: History, patience: number | null): boolean {
  return patience !== null && epochs.length > best.epoch + patience;
}
