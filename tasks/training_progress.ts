/** How far training is, for whoever watches: in words of one width, and in figures. */
import { percent } from "../data/statistics/percent.ts";
import type { Progress } from "../pipeline/process/protocol.ts";
import type { BatchProgress } from "../training/run_phase.ts";
import type { EpochResult, History, PhaseResult } from "../training/history.ts";
import { epochLine } from "./epoch_line.ts";

/** Batches of an epoch, by phase. */
interface Batches {
  train: number;
  val: number;
}

/**
 * Turns each batch into a progress event. Time left is told by the pace of either phase, as a val
 * batch takes a third of a training batch; until one was seen, it counts as much.
 */
export class TrainingProgress {
  readonly #batches: Batches;
  readonly #epochs: number;
  readonly #now: () => number;
  /** Batches before the first epoch, where what training begins with is validated. */
  readonly #before: number;
  /** Finetuning keeps the epoch of the lowest loss, which others may be more often right than. */
  readonly #called: "best" | "kept";
  readonly #spent = { train: { ms: 0, batches: 0 }, val: { ms: 0, batches: 0 } };
  #last: number;
  #val: number | undefined;
  #best: number | undefined;

  /**
   * @param before the epochs that are done already, when training goes on
   * @param validatesStart whether val is asked before the first epoch, too
   */
  constructor(
    epochs: number,
    batches: Batches,
    before?: History,
    validatesStart = false,
    now: () => number = () => performance.now(),
  ) {
    this.#before = validatesStart ? batches.val : 0;
    this.#called = validatesStart ? "kept" : "best";
    this.#epochs = epochs;
    this.#batches = batches;
    this.#now = now;
    this.#last = now();
    const last = before?.epochs.at(-1);
    if (last) this.epoch(last, before!);
  }

  /** After each batch. */
  batch({ phase, epoch, batch, batches, loss, accuracy }: BatchProgress): Progress {
    const now = this.#now();
    // The first batch of a phase waits for its photos, and compiles: it says nothing of the others.
    if (batch > 1) {
      this.#spent[phase].ms += now - this.#last;
      this.#spent[phase].batches++;
    }
    this.#last = now;
    const { train, val } = this.#batches;
    const [best, known] = [this.#best, this.#val].map((share) => share ?? null);
    const seconds = this.#secondsLeft(phase, epoch, batch);
    return {
      done: this.#before + epoch * (train + val) + (phase === "val" ? train : 0) + batch,
      total: this.#before + this.#epochs * (train + val),
      unit: "batches",
      message: [
        `epoch ${String(epoch + 1).padStart(String(this.#epochs).length)}/${this.#epochs}`,
        `${phase.padEnd(5)} loss ${loss.toFixed(4)}`,
        `accuracy ${aligned(accuracy)}`,
        `val ${aligned(known)}`,
        `${this.#called} ${aligned(best)}`,
      ].join("  "),
      phase,
      epoch,
      epochs: this.#epochs,
      batch,
      batches,
      loss,
      accuracy,
      best_accuracy: best,
      ...(seconds !== undefined && { seconds_left: seconds }),
    };
  }

  /** After what training begins with was validated: its line, for people. */
  start({ loss, accuracy, seconds }: PhaseResult): string {
    this.#val = this.#best = accuracy;
    this.#last = this.#now();
    return `as it begins: val loss ${loss.toFixed(4)} accuracy ${percent(accuracy)} (` +
      `${seconds.toFixed(1)} s)`;
  }

  /** After each epoch: its line, for people. */
  epoch(result: EpochResult, { best }: History): string {
    this.#val = result.val.accuracy;
    this.#best = best.accuracy;
    this.#last = this.#now();
    return epochLine(result, this.#epochs, best.accuracy, this.#called);
  }

  #secondsLeft(phase: "train" | "val", epoch: number, batch: number): number | undefined {
    const pace = (of: "train" | "val") => {
      const { ms, batches } = this.#spent[of];
      return batches > 0 ? ms / batches : undefined;
    };
    const train = pace("train") ?? pace("val");
    const val = pace("val") ?? train;
    if (train === undefined || val === undefined) return undefined;
    const later = this.#epochs - epoch - 1;
    const left = {
      train: later * this.#batches.train + (phase === "train" ? this.#batches.train - batch : 0),
      val: later * this.#batches.val + this.#batches.val - (phase === "val" ? batch : 0),
    };
    return (left.train * train + left.val * val) / 1000;
  }
}

/** Of one width, so that the lines of branches that train side by side can be compared. */
function aligned(share: number | null): string {
  return percent(share ?? NaN).padStart(6);
}
