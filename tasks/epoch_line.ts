/** A trained epoch as a line of a step's log: for people, and for whoever draws it meanwhile. */
import { percent } from "../data/statistics/percent.ts";
import type { EpochResult } from "../training/history.ts";

/**
 * @param best val accuracy of the epoch that would be kept so far
 * @param called what that one is called: the best, where it is the most often right
 */
export function epochLine(
  { epoch, train, val }: EpochResult,
  epochs: number,
  best: number,
  called: "best" | "kept" = "best",
): string {
  return `epoch ${epoch + 1}/${epochs}: train loss ${train.loss.toFixed(4)} accuracy ` +
    `${percent(train.accuracy)}, val loss ${val.loss.toFixed(4)} accuracy ` +
    `${percent(val.accuracy)}, ${called} ${percent(best)} (` +
    `${(train.seconds + val.seconds).toFixed(1)} s)`;
}

/** What a line says of its epoch, as far as its digits go; null is what was no number. */
export interface LoggedEpoch {
  /** Counts from 0. */
  epoch: number;
  train: { loss: number | null; accuracy: number | null };
  val: { loss: number | null; accuracy: number | null };
}

const LINE =
  /^epoch (\d+)\/\d+: train loss (\S+) accuracy (\S+), val loss (\S+) accuracy (\S+), (?:best|kept) /;

/** Undefined for a line that is no epoch's. */
export function readEpochLine(line: string): LoggedEpoch | undefined {
  const [, epoch, ...figures] = LINE.exec(line) ?? [];
  if (epoch === undefined) return undefined;
  const [trainLoss, trainAccuracy, valLoss, valAccuracy] = figures;
  return {
    epoch: Number(epoch) - 1,
    train: { loss: finite(trainLoss), accuracy: share(trainAccuracy) },
    val: { loss: finite(valLoss), accuracy: share(valAccuracy) },
  };
}

function finite(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Of `96.1%`, and of the bounds of `percent`, such as `>99.9%`. */
function share(text: string): number | null {
  const [, digits] = /^[<>]?([\d.]+)%$/.exec(text) ?? [];
  return digits === undefined ? null : Number((Number(digits) / 100).toFixed(6));
}
