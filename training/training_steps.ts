/** A run's steps: the same few computations over batch after batch, recorded where a backend can. */
import * as tf from "@tensorflow/tfjs";
import { normalizePhotos, normalizesPhotos } from "../backend/ops/normalize_photos.ts";
import { softmaxCrossEntropy } from "../backend/ops/softmax_cross_entropy.ts";
import { type RepeatedStep, repeatStep, type StepInput } from "../backend/repeat.ts";
import type { Branch } from "../models/manifest.ts";
import type { Model } from "../models/model.ts";
import type { Batch } from "../data/batch.ts";
import type { TrainingMode } from "../models/tf_layers.ts";
import type { Optimizer } from "./optimizer.ts";
import { trainStep } from "./train_step.ts";

/** What changes from step to step. */
interface StepState {
  batch: Batch;
  rates: Float32Array;
}

/** What the tutorial has no need of. */
export interface StepSettings {
  labelSmoothing?: number;
  /** Added to each photo's logits before the loss, and nowhere else: see `logitOffsets`. */
  logitOffsets?: readonly number[];
  batchNorm?: TrainingMode["batchNorm"];
  /** Behind each step, in place: moving averages. */
  afterStep?(): void;
  /** Is validated instead of the model that learns. */
  validated?: Model;
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
  /** Of steps before those of another kind, and of the first of these: in their order. */
  readonly #behind: Promise<FinishedStep[]>[] = [];

  constructor(
    private readonly model: Model,
    private readonly branch: Branch,
    private readonly optimizer: Optimizer,
    private readonly settings: StepSettings = {},
  ) {}

  /**
   * @param step counts from 0 through the whole training
   * @returns steps that have finished, not always this one
   */
  train(batch: Batch, lr: number, step: number): Promise<FinishedStep[]> {
    const { model, branch, optimizer, settings } = this;
    const state = { batch, rates: optimizer.rates(lr, step) };
    return this.#run("train", state, (input, images, labels) => {
      const rates = input(optimizer.rateShape, "float32", ({ rates }) => rates);
      let taken = 0;
      const dropoutMask = (shape: number[], dropoutRate: number) => {
        const from = taken, to = taken += tf.util.sizeFromShape(shape);
        return input(shape, "float32", ({ batch }) => maskOf(batch, from, to, dropoutRate));
      };
      const { logitOffsets: offsets } = settings;
      const { loss, logits } = trainStep(
        model,
        branch,
        optimizer,
        rates,
        images,
        labels,
        { dropoutMask, batchNorm: settings.batchNorm },
        settings.labelSmoothing,
        offsets && input([offsets.length], "float32", () => Float32Array.from(offsets)),
      );
      settings.afterStep?.();
      return [loss, logits];
    });
  }

  /** @returns steps that have finished, not always this one */
  validate(batch: Batch): Promise<FinishedStep[]> {
    const validated = this.settings.validated ?? this.model;
    return this.#run("val", { batch, rates: new Float32Array() }, (_, images, labels) => {
      const logits = validated.predict(images);
      return [softmaxCrossEntropy(logits, labels), logits];
    });
  }

  async finish(): Promise<FinishedStep[]> {
    this.#putBehind(undefined);
    return await this.#takeBehind();
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
    const isRaw = state.batch.raw !== undefined && size % 2 === 0 && normalizesPhotos();
    // The last batch of an epoch may be smaller.
    const key = `${phase} ${count} ${isRaw}`;
    let step = this.#steps.get(key);
    if (!step) {
      step = repeatStep<StepState>((input) => {
        const images = isRaw
          ? normalizePhotos(
            input([count, size * size * 3 / 4], "int32", ({ batch }) => wordsOf(batch.raw!.bytes)),
            input([3, 256], "float32", ({ batch }) => batch.raw!.table),
            size,
          )
          : input([count, size, size, 3], "float32", ({ batch }) => batch.images);
        const labels = input([count], "int32", ({ batch }) => batch.labels);
        return compute(input, images as tf.Tensor4D, labels as tf.Tensor1D);
      });
      this.#steps.set(key, step);
    }
    const before = this.#last === step ? await this.#takeBehind() : [];
    if (this.#last !== step) this.#putBehind(step);
    const results = (await step.run(state)).map(finished);
    if (this.#behind.length === 0) return [...before, ...results];
    this.#behind.push(Promise.resolve(results));
    return before;
  }

  async #takeBehind(): Promise<FinishedStep[]> {
    return (await Promise.all(this.#behind.splice(0))).flat();
  }

  /**
   * Has the last kind of step bring what is out, without waiting for it: an epoch's last batch, which may
   * be smaller, is computed meanwhile, and there is one wait for both.
   */
  #putBehind(next: RepeatedStep<StepState> | undefined): void {
    const last = this.#last;
    this.#last = next;
    if (!last) return;
    const results = last.finish().then((steps) => steps.map(finished));
    results.catch(() => {}); // thrown by `finish`
    this.#behind.push(results);
  }
}

const wordsOf = ({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>) =>
  new Int32Array(buffer, byteOffset, length / 4);

function finished(
  { state, outputs: [[loss], logits] }: { state: StepState; outputs: Float32Array[] },
): FinishedStep {
  return { batch: state.batch, loss, logits };
}

/**
 * What `nn.Dropout` multiplies by, of numbers `from` to `to` of the batch's noise. Matches torch's
 * bernoulli_ on CPUs where it does not take MKL's (aten/src/ATen/native/cpu/DistributionKernels.cpp).
 */
function maskOf(
  { noise }: Batch,
  from: number,
  to: number,
  rate: number,
): Float32Array {
  if (!noise || noise.length < to) {
    throw new Error(
      `dropout takes ${to} random numbers a batch, but the loader drew ${noise?.length ?? 0}: ` +
        "give it noisePerPhoto, as dropoutSize(architecture) says",
    );
  }
  const keep = 1 - rate;
  const scale = 1 / Math.fround(keep);
  return Float32Array.from(noise.subarray(from, to), (value) => value < keep ? scale : 0);
}
