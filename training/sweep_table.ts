/** What training under several settings came to, seeds taken together. */
import { wilsonInterval } from "../data/statistics/wilson_interval.ts";

/** One trained branch on the val photos. */
export interface Score {
  /** What its setting was, by flag: `{lr: "0.01", seed: "3"}`. */
  labels: Record<string, string>;
  branch: string;
  correct: number;
  total: number;
}

export interface SweepRow {
  /** Of the setting, without those that only repeat it. */
  labels: Record<string, string>;
  branch: string;
  /** Mean accuracy over the runs. */
  mean: number;
  /** Of the accuracies from run to run, with n - 1; null for a single run. */
  standard_deviation: number | null;
  /**
   * Wilson's 95% interval of the mean at the number of val photos. Other seeds are no other photos,
   * so more of them do not narrow it.
   */
  interval: [low: number, high: number];
  /** The best run, and each. */
  best: SweepRun;
  runs: SweepRun[];
}

export interface SweepRun {
  /** Which of the repetitions: `{seed: "3"}`. */
  labels: Record<string, string>;
  accuracy: number;
  correct: number;
  total: number;
}

export interface SweepTable {
  /** Best mean first. */
  rows: SweepRow[];
  /** Rows after the first whose mean lies within its interval: these photos do not tell them apart. */
  not_worse: number;
}

/** Flags whose values are repetitions of a setting, not settings. */
const REPETITIONS = ["seed", "split-seed"];

export function sweepTable(scores: readonly Score[]): SweepTable {
  const groups = Map.groupBy(
    scores,
    ({ labels, branch }) => JSON.stringify([settingOf(labels), branch]),
  );
  const rows = [...groups.values()].map(rowOf).sort((a, b) => b.mean - a.mean);
  const within = ([low, high]: SweepRow["interval"], { mean }: SweepRow) =>
    mean >= low && mean <= high;
  return {
    rows,
    not_worse: rows.slice(1).filter((row) => within(rows[0].interval, row)).length,
  };
}

function rowOf(scores: Score[]): SweepRow {
  const runs = scores.map(({ labels, correct, total }) => ({
    labels: pick(labels, (name) => REPETITIONS.includes(name)),
    accuracy: total === 0 ? 0 : correct / total,
    correct,
    total,
  }));
  const accuracies = runs.map(({ accuracy }) => accuracy);
  const photos = meanOf(runs.map(({ total }) => total));
  const mean = meanOf(accuracies);
  return {
    labels: settingOf(scores[0].labels),
    branch: scores[0].branch,
    mean,
    standard_deviation: runs.length < 2 ? null : deviationOf(accuracies, mean),
    interval: wilsonInterval(mean * photos, photos),
    best: runs.reduce((best, run) => run.accuracy > best.accuracy ? run : best),
    runs,
  };
}

const settingOf = (labels: Score["labels"]) => pick(labels, (name) => !REPETITIONS.includes(name));

function pick(labels: Score["labels"], wanted: (name: string) => boolean): Score["labels"] {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => wanted(name)));
}

const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviationOf(values: number[], mean: number): number {
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
