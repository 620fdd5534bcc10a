/** Has all layers trained, in a worker of its own, and keeps the model that came of it. */
import type { FinetuneReply } from "./finetune_worker.ts";
import { type Finetuned, type FinetuneLesson, isBetter } from "../finetune.ts";
import type { FinetuneFacts } from "../messages.ts";
import type { TakenModel } from "./taken_model.ts";

export class Finetuner {
  #worker: Worker | undefined;
  #model: TakenModel | undefined;

  constructor(private readonly tell: (facts: FinetuneFacts) => void) {}

  /** @throws {Error} where there is none */
  get model(): TakenModel {
    if (!this.#model) throw new Error("nothing was finetuned yet");
    return this.#model;
  }

  /** Begins, unless it has begun. */
  start(lesson: FinetuneLesson, counts: TakenModel["counts"]): void {
    if (this.#worker) return;
    const script = new URL(`./finetune.js${globalThis.location.search}`, import.meta.url);
    const worker = this.#worker = new Worker(script, { type: "module" });
    const end = (facts: FinetuneFacts) => {
      worker.terminate();
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.tell(facts);
    };
    worker.onerror = ({ message }) =>
      end({ state: "failed", message: message || "a part of the page cannot be had" });
    worker.onmessage = ({ data }: MessageEvent<FinetuneReply>) => {
      switch (data.type) {
        case "progress":
          return this.tell({ state: "running", what: data.what, share: data.share });
        case "trouble":
          return end({ state: "failed", message: data.message });
        case "finetuned": {
          const { finetuned, device } = data;
          this.#model = takenModel(lesson, finetuned, device, counts);
          const { before, score: { correct, total } } = finetuned;
          return end({ state: "done", before, correct, total, isBetter: isBetter(finetuned) });
        }
      }
    };
    this.tell({ state: "running", what: "packing", share: 0 });
    worker.postMessage(lesson);
  }

  stop(): void {
    if (!this.#worker) return;
    this.#worker.terminate();
    this.#worker = undefined;
    this.tell({ state: "stopped" });
  }
}

function takenModel(
  { classes, settings }: FinetuneLesson,
  { parameters, temperature, outOfDistribution, bestEpoch, score, test }: Finetuned,
  device: string,
  counts: TakenModel["counts"],
): TakenModel {
  return {
    classes,
    parameters,
    temperature,
    outOfDistribution,
    training: {
      branch: "finetune",
      recipe: settings.finetune,
      bestEpoch,
      valAccuracy: score.accuracy,
      device,
    },
    val: score,
    test,
    counts,
  };
}
