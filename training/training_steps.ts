/** A run's steps: the same few computations over batch after batch, recorded where a backend can. */
import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../backend/ops.ts";
import { type RepeatedStep, repeatStep, type StepInput } from "../backend/repeat.ts";
import type { Model } from "../models/model.ts";
import type { Batch } from "./fit.ts";
import type { Sgd } from "./sgd.ts";
import { type Branch, trainStep } from "./train_step.ts";

/** What changes from step to step. */
interface StepState {
  batch: Batch;
  lr: number;
  dropoutSeed: number;
}

/** A step whose outputs are there. */
export interface FinishedStep {
  batch: Batch;
  /** Mean cross-entropy of the batch; before the step, if it trains. */
  loss: number;
  /** [batch, classes], row by row. */
  logits: Float32Array;
}

/**
 * Steps may finish late, but do so in their order. Between two phases, and before a parameter is
 * read, `finish` waits for them all.
 */
export class TrainingSteps {
  readonly #steps = new Map<string, RepeatedStep<StepState>>();
  #last?: RepeatedStep<StepState>;

  constructor(
    private readonly model: Model,
    private readonly branch: Branch,
    private readonly optimizer: Sgd,
  ) {}

  /** @returns steps that have finished, not always this one */
  train(batch: Batch, lr: number, dropoutSeed: number): Promise<FinishedStep[]> {
    const { model, branch, optimizer } = this;
    return this.#run("train", { batch, lr, dropoutSeed }, (input, images, labels) => {
      const rate = input([], "float32", ({ lr }) => Float32Array.of(lr));
      const noise = (shape: number[]) =>
        input(shape, "float32", ({ dropoutSeed }) => uniform(shape, dropoutSeed));
      const { loss, logits } = trainStep(model, branch, optimizer, rate, images, labels, noise);
      return [loss, logits];
    });
  }

  /** @returns steps that have finished, not always this one */
  validate(batch: Batch): Promise<FinishedStep[]> {
    return this.#run("val", { batch, lr: 0, dropoutSeed: 0 }, (_, images, labels) => {
      const logits = this.model.predict(images);
      return [softmaxCrossEntropy(logits, labels), logits];
    });
  }

  async finish(): Promise<FinishedStep[]> {
    return (await this.#last?.finish() ?? []).map(finished);
  }

  dispose(): void {
    for (const step of this.#steps.values()) step.dispose();
  }

  async #run(
    phase: "train" | "val",
    state: StepState,
    compute: (
      input: StepInput<StepState>,
      images: tf.Tensor4D,
      labels: tf.Tensor1D,
    ) => tf.Tensor[],
  ): Promise<FinishedStep[]> {
    const { size } = this.model.architecture.preprocessing;
    const count = state.batch.labels.length;
    // The last batch of an epoch may be smaller.
    const key = `${phase} ${count}`;
    let step = this.#steps.get(key);
    if (!step) {
      step = repeatStep<StepState>((input) => {
        const images = input([count, size, size, 3], "float32", ({ batch }) => batch.images);
        const labels = input([count], "int32", ({ batch }) => batch.labels);
        return compute(input, images as tf.Tensor4D, labels as tf.Tensor1D);
      });
      this.#steps.set(key, step);
    }
    const before = this.#last === step ? [] : await this.finish();
    this.#last = step;
    return [...before, ...(await step.run(state)).map(finished)];
  }
}

function finished(
  { state, outputs: [[loss], logits] }: { state: StepState; outputs: Float32Array[] },
): FinishedStep {
  return { batch: state.batch, loss, logits };
}

/** The values behind `tf.dropout`'s mask of that seed. */
function uniform(shape: number[], seed: number): Float32Array {
  return tf.tidy(() => tf.randomUniform(shape, 0, 1, "float32", seed).dataSync<"float32">());
}
