/** The tutorial's training loop: `train_model` of the PyTorch transfer learning tutorial. */
import type { Branch, StepLrRecipe } from "../models/manifest.ts";
import type { Model } from "../models/model.ts";
import type { Loader } from "../data/batch.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import type { EpochResult, History } from "./history.ts";
import { type BatchProgress, runPhase } from "./run_phase.ts";
import { Sgd } from "./sgd.ts";
import { stepLr } from "./step_lr.ts";
import { TrainingSteps } from "./training_steps.ts";

/**
 * All that training goes on from after an epoch, but for the loaders' random numbers: their
 * generator belongs to whoever made the loaders.
 */
export interface TrainingState {
  history: History;
  /** Parameters and running buffers under torch's names, in tfjs layout. */
  parameters: Map<string, NamedTensor>;
  /** The optimiser's buffers, one for each parameter that it moves, in the model's order. */
  momentum: NamedTensor[];
  /** As `parameters`, of the best epoch; the very same map if that is the last one. */
  best: Map<string, NamedTensor>;
}

export interface FitOptions {
  branch: Branch;
  recipe: StepLrRecipe;
  signal?: AbortSignal;
  /** Goes on after these epochs; the model holds the state's parameters already. */
  from?: TrainingState;
  onBatch?: (progress: BatchProgress) => void;
  onEpoch?: (epoch: EpochResult, history: History) => void;
  /**
   * Is given the state after each epoch, to keep it; training goes on when it has. Afterwards the history
   * changes; the tensors are copies.
   */
  keepState?: (state: TrainingState) => Promise<void>;
}

export interface FitResult {
  history: History;
  /** Parameters and buffers of the best epoch, in tfjs layout. */
  best: Map<string, NamedTensor>;
}

/**
 * Trains `model` and keeps the parameters of the first epoch with the highest val accuracy (the
 * initial ones if none was right at all).
 *
 * @throws {Error} when a loss is not finite, naming epoch, batch, photos and learning rate: some steps
 * late on a GPU, but always before the epoch is over
 */
export async function fit(
  model: Model,
  loaders: { train: Loader; val: Loader },
  { branch, recipe, signal, from, onBatch, onEpoch, keepState }: FitOptions,
): Promise<FitResult> {
  const optimizer = new Sgd(
    model.trainable(branch === "finetune" ? "all" : "head"),
    recipe.momentum,
    from?.momentum,
  );
  const history: History = structuredClone(from?.history) ??
    { epochs: [], best: { epoch: 0, accuracy: 0 } };
  let best = from?.best ?? await model.snapshot();
  const computation = new TrainingSteps(model, branch, optimizer);
  try {
    for (let epoch = history.epochs.length; epoch < recipe.epochs; epoch++) {
      const lr = stepLr(recipe.lr, epoch, recipe.stepSize, recipe.gamma);
      const phase = { classes: model.classes, epoch, lr, signal, onBatch };
      const train = await runPhase("train", loaders.train, phase, {
        run: (batch, i) => computation.train(batch, lr, epoch * loaders.train.length + i),
        finish: () => computation.finish(),
      });
      const val = await runPhase("val", loaders.val, phase, {
        run: (batch) => computation.validate(batch),
        finish: () => computation.finish(),
      });
      const result = { epoch, lr, train, val };
      history.epochs.push(result);
      const isBest = val.accuracy > history.best.accuracy;
      if (isBest) {
        history.best = { epoch, accuracy: val.accuracy };
      }
      // Side by side: each waits for the GPU.
      const [parameters, momentum] = await Promise.all([
        isBest || keepState ? model.snapshot() : best,
        keepState ? optimizer.snapshot() : [],
      ]);
      if (isBest) best = parameters;
      await keepState?.({ history, parameters, momentum, best });
      onEpoch?.(result, history);
    }
  } finally {
    computation.dispose();
    optimizer.dispose();
  }
  return { history, best };
}
