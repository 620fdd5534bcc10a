/** The tutorial's training loop: `train_model` of the PyTorch transfer learning tutorial. */
import type { Crop } from "../data/crop.ts";
import { argmax } from "../models/logits.ts";
import type { Branch, StepLrRecipe } from "../models/manifest.ts";
import type { Model } from "../models/model.ts";
import type { Batch, Loader } from "../data/batch.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import type { EpochResult, History, PhaseResult } from "./history.ts";
import { Sgd } from "./sgd.ts";
import { stepLr } from "./step_lr.ts";
import { type FinishedStep, TrainingSteps } from "./training_steps.ts";

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

export interface BatchProgress {
  phase: "train" | "val";
  /** Counts from 0. */
  epoch: number;
  /** Batches done, of `batches`, in this phase of this epoch. */
  batch: number;
  batches: number;
  /** Running means over the phase so far. */
  loss: number;
  accuracy: number;
  /** Of this batch alone, before the step that it makes. */
  batchLoss: number;
  /** The batch's photos, as its loader gave them. */
  indices: readonly number[];
  crops: readonly Crop[];
}

export interface FitOptions {
  branch: Branch;
  recipe: StepLrRecipe;
  signal?: AbortSignal;
  /** Goes on after these epochs; the model holds the state's parameters already. */
  from?: TrainingState;
  onBatch?: (progress: BatchProgress) => void;
  onEpoch?: (epoch: EpochResult, history: History) => void;
  /** Is given the state after each epoch, to keep it; training goes on when it has. */
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
      const train = await runPhase("train", epoch, lr, (batch) => computation.train(batch, lr));
      const val = await runPhase("val", epoch, lr, (batch) => computation.validate(batch));
      const result = { epoch, lr, train, val };
      history.epochs.push(result);
      const isBest = val.accuracy > history.best.accuracy;
      if (isBest) {
        history.best = { epoch, accuracy: val.accuracy };
        best = await model.snapshot();
      }
      onEpoch?.(result, history);
      if (keepState) {
        const parameters = isBest ? best : await model.snapshot();
        const momentum = await optimizer.snapshot();
        await keepState({ history, parameters, momentum, best });
      }
    }
  } finally {
    computation.dispose();
    optimizer.dispose();
  }
  return { history, best };

  async function runPhase(
    phase: "train" | "val",
    epoch: number,
    lr: number,
    run: (batch: Batch) => Promise<FinishedStep[]>,
  ): Promise<PhaseResult> {
    const loader = loaders[phase];
    const start = performance.now();
    let lossSum = 0, correct = 0, seen = 0, batch = 0;
    for await (const loaded of loader) {
      signal?.throwIfAborted();
      (await run(loaded)).forEach(count);
    }
    (await computation.finish()).forEach(count);
    const seconds = (performance.now() - start) / 1000;
    return { loss: lossSum / seen, accuracy: correct / seen, seconds };

    function count({ batch: { labels, indices, crops = [] }, loss, logits }: FinishedStep): void {
      if (!Number.isFinite(loss)) {
        throw new Error(
          `the ${phase} loss became ${loss} in epoch ${epoch + 1}, batch ${batch + 1} (photos ` +
            `${indices.join(", ")} of ${phase}), at learning rate ${lr}: lower it with --lr`,
        );
      }
      lossSum += loss * labels.length;
      seen += labels.length;
      for (let i = 0; i < labels.length; i++) {
        if (argmax(logits, i * model.classes, model.classes) === labels[i]) correct++;
      }
      batch++;
      onBatch?.({
        phase,
        epoch,
        batch,
        batches: loader.length,
        loss: lossSum / seen,
        accuracy: correct / seen,
        batchLoss: loss,
        indices,
        crops,
      });
    }
  }
}
