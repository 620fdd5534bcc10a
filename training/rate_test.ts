/** Which rate to learn by: all are tried, from far too low to far too high. */
import type { Loader } from "../data/batch.ts";
import type { FinetuneRecipe } from "../models/manifest.ts";
import { Model } from "../models/model.ts";
import { finetuneOptimizer } from "./finetune_optimizer.ts";
import type { RateTest } from "./history.ts";
import { suggestRate } from "./suggest_rate.ts";
import { type FinishedStep, TrainingSteps } from "./training_steps.ts";

/** As fastai's `lr_find` has them. */
const STEPS = 100, LOWEST = 1e-7, HIGHEST = 10;
const SMOOTHING = 0.98;
/** A loss so many times the lowest ends the test. */
const DIVERGED = 4;
/** Not looked at: what the means have not settled in, and what is about to diverge. */
const UNSETTLED = STEPS / 10, LAST = 5;

export interface RateTestOptions {
  recipe: FinetuneRecipe;
  /** As in `StepSettings`. */
  logitOffsets?: readonly number[];
  signal?: AbortSignal;
  /** @param of how many steps there are at most */
  onStep?: (done: number, of: number) => void;
}

/**
 * A learning rate range test (Smith 2017, <https://arxiv.org/abs/1506.01186>) as fastai's `lr_find`
 * does it: each of 100 batches is learnt at a higher rate than the one before, until the loss soars.
 *
 * @param model stays as it is: a copy learns
 * @param loader not the one to train with, as it draws random numbers
 */
export async function testRates(
  model: Model,
  loader: Loader,
  { recipe, logitOffsets, signal, onStep }: RateTestOptions,
): Promise<RateTest> {
  const copy = new Model(model.architecture, model.classes, await model.snapshot());
  const optimizer = finetuneOptimizer(copy, recipe);
  const { labelSmoothing, batchNorm } = recipe;
  const steps = new TrainingSteps(copy, "finetune", optimizer, {
    labelSmoothing,
    batchNorm,
    logitOffsets,
  });
  const rates: number[] = [], losses: number[] = [];
  let mean = 0, lowest = Infinity, ended = false;
  try {
    for (let begun = 0; !ended && begun < STEPS;) {
      for await (const batch of loader) {
        signal?.throwIfAborted();
        note(await steps.train(batch, rateOf(begun), begun));
        if (ended || ++begun === STEPS) break;
      }
    }
    if (!ended) note(await steps.finish());
  } finally {
    await steps.finish();
    steps.dispose();
    optimizer.dispose();
    copy.dispose();
  }
  const end = losses.length - LAST;
  return {
    rates,
    losses,
    suggested: suggestRate(rates.slice(UNSETTLED, end), losses.slice(UNSETTLED, end)),
  };

  function note(finished: FinishedStep[]): void {
    for (const { loss } of finished) {
      if (ended) return;
      mean = SMOOTHING * mean + (1 - SMOOTHING) * loss;
      const smooth = mean / (1 - SMOOTHING ** (losses.length + 1));
      // What is no number has no place on a curve, and nothing behind it means anything.
      const isNumber = Number.isFinite(smooth);
      ended = !isNumber || smooth > DIVERGED * Math.min(lowest, smooth);
      if (!isNumber) return;
      rates.push(rateOf(losses.length));
      losses.push(smooth);
      lowest = Math.min(lowest, smooth);
      onStep?.(losses.length, STEPS);
    }
  }
}

const rateOf = (step: number) => LOWEST * (HIGHEST / LOWEST) ** (step / STEPS);
