/** From seconds that finetuning may take to a number of epochs, by the pace of a few steps. */
import type { Loader } from "../data/batch.ts";
import type { FinetuneRecipe } from "../models/manifest.ts";
import { Model } from "../models/model.ts";
import { finetune } from "./finetune.ts";

/** Batches of each kind whose pace is taken, behind as many that warm up and compile. */
const MEASURED = 3;

/**
 * How many of the recipe's epochs fit into so many seconds.
 *
 * @param model stays as it is: a copy learns
 * @param loaders others than those to train with, as they draw random numbers
 * @throws {Error} as `affordableEpochs`
 */
export async function epochsWithin(
  budget: number,
  model: Model,
  loaders: { train: Loader; val: Loader },
  recipe: FinetuneRecipe,
): Promise<number> {
  const copy = new Model(model.architecture, model.classes, await model.snapshot());
  const few = { train: firstBatches(loaders.train), val: firstBatches(loaders.val) };
  try {
    const { history } = await finetune(copy, few, { recipe: { ...recipe, epochs: 2 } });
    const { train, val } = history.epochs[1];
    const pace = { train: train.seconds / few.train.length, val: val.seconds / few.val.length };
    const batches = { train: loaders.train.length, val: loaders.val.length };
    return affordableEpochs(budget, pace, batches, recipe.epochs);
  } finally {
    copy.dispose();
  }
}

function firstBatches(loader: Loader): Loader {
  const length = Math.min(MEASURED, loader.length);
  return {
    length,
    async *[Symbol.asyncIterator]() {
      let batch = 0;
      for await (const loaded of { [Symbol.asyncIterator]: () => loader[Symbol.asyncIterator]() }) {
        yield loaded;
        if (++batch === length) return;
      }
    },
  };
}

/**
 * How many epochs fit, at most `most`.
 *
 * @param pace seconds a batch
 * @throws {Error} when not even one epoch fits, saying how long one takes
 */
export function affordableEpochs(
  budget: number,
  pace: { train: number; val: number },
  batches: { train: number; val: number },
  most: number,
): number {
  // What training begins with is validated, too.
  const start = pace.val * batches.val, epoch = pace.train * batches.train + start;
  const epochs = Math.min(most, Math.floor((budget - start) / epoch));
  if (epochs >= 1) return epochs;
  throw new Error(
    `a time budget of ${
      Math.round(budget)
    } s is too short: looking at every photo once (an epoch) ` +
      `takes about ${Math.ceil(start + epoch)} s here. Give --time-budget ` +
      `${Math.ceil(1.2 * (start + epoch))}s or ` +
      "more, a smaller --model, or --branch frozen, which teaches the last layer alone in seconds",
  );
}
