/** One pass over the photos of a split: what training and validation have in common. */
import type { Batch, Loader } from "../data/batch.ts";
import type { Crop } from "../data/crop.ts";
import { argmax } from "../models/logits.ts";
import type { PhaseResult } from "./history.ts";
import type { FinishedStep } from "./training_steps.ts";

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

/** Where in a training the pass is. */
interface PhaseOptions {
  classes: number;
  epoch: number;
  /** For the message of a loss that is not finite. */
  lr: number;
  signal?: AbortSignal;
  onBatch?: (progress: BatchProgress) => void;
}

/** What is done with each batch; steps may finish late. */
interface PhaseSteps {
  /** @param index counts from 0 */
  run(batch: Batch, index: number): Promise<FinishedStep[]>;
  finish(): Promise<FinishedStep[]>;
}

/**
 * @throws {Error} when a loss is not finite, naming epoch, batch, photos and learning rate: some steps
 * late on a GPU, but always before the pass is over
 */
export async function runPhase(
  phase: "train" | "val",
  loader: Loader,
  { classes, epoch, lr, signal, onBatch }: PhaseOptions,
  steps: PhaseSteps,
): Promise<PhaseResult> {
  const start = performance.now();
  let lossSum = 0, correct = 0, seen = 0, batch = 0, begun = 0;
  for await (const loaded of loader) {
    signal?.throwIfAborted();
    (await steps.run(loaded, begun++)).forEach(count);
  }
  (await steps.finish()).forEach(count);
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
      if (argmax(logits, i * classes, classes) === labels[i]) correct++;
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
