/** How good a branch is, and whether two differ by more than chance. */
import { type ClassScore, classScores } from "../data/statistics/class_scores.ts";
import { groupedInterval } from "../data/statistics/grouped_interval.ts";
import { counted } from "../data/statistics/percent.ts";
import { wilsonInterval } from "../data/statistics/wilson_interval.ts";
import { argmax } from "../models/logits.ts";
import { type Branch, branchesIn, type OfBranches } from "../models/manifest.ts";
import { confusionMatrix, mcnemarExact } from "./metrics.ts";

/** What scoring asks of a photo. */
export interface ScoredPhoto {
  /** Position of the photo in its split. */
  index: number;
  label: number;
  logits: number[];
}

interface Share {
  accuracy: number;
  correct: number;
  total: number;
  /** Wilson's 95% interval of the accuracy; where photos belong together, that of their groups. */
  interval: [number, number];
}

/** What came of asking a model about photos whose classes are known. */
export interface BranchScore extends Share {
  /** Evaluations of before lack what is computed of `confusion`: precision, recall, F1, support. */
  per_class: Record<string, Share & Partial<ClassScore>>;
  /** confusion[actual][predicted], in the order of the classes. */
  confusion: number[][];
  /** As scikit-learn's; null where it is of no class. */
  macro_f1?: number | null;
  balanced_accuracy?: number | null;
}

export interface BranchComparison {
  better: Branch | "equal";
  /** Val photos that one branch got right and the other wrong. */
  only_finetune_right: number;
  only_frozen_right: number;
  /** McNemar's exact two-sided p value. */
  p_value: number;
  summary: string;
}

/** @param groups by the photos' positions in their split, where photos belong together */
export function scoreBranch(
  photos: readonly ScoredPhoto[],
  classes: readonly string[],
  groups?: readonly (string | undefined)[],
): BranchScore {
  const predicted = photos.map(({ logits }) => argmax(logits));
  const confusion = confusionMatrix(photos.map(({ label }) => label), predicted, classes.length);
  const correct = confusion.reduce((sum, row, i) => sum + row[i], 0);
  const scores = classScores(confusion);
  const interval = (label?: number) =>
    groups &&
    groupedInterval(photos.flatMap((photo, i) =>
      label === undefined || photo.label === label
        ? [{ isRight: predicted[i] === photo.label, group: groups[photo.index] }]
        : []
    ));
  return {
    ...share(correct, photos.length, interval()),
    per_class: Object.fromEntries(classes.map((name, i) => [
      name,
      { ...share(confusion[i][i], scores.classes[i].support, interval(i)), ...scores.classes[i] },
    ])),
    confusion,
    macro_f1: scores.macroF1,
    balanced_accuracy: scores.balancedAccuracy,
  };
}

function share(
  correct: number,
  total: number,
  interval: [number, number] = wilsonInterval(correct, total),
): Share {
  return { accuracy: total === 0 ? 0 : correct / total, correct, total, interval };
}

/**
 * @param finetune @param frozen the same photos in the same order
 */
export function compareBranches(
  finetune: readonly ScoredPhoto[],
  frozen: readonly ScoredPhoto[],
): BranchComparison {
  const right = (photo: ScoredPhoto) => argmax(photo.logits) === photo.label;
  let onlyFinetune = 0, onlyFrozen = 0;
  finetune.forEach((photo, i) => {
    if (photo.index !== frozen[i].index) throw new Error("the branches saw different photos");
    if (right(photo) && !right(frozen[i])) onlyFinetune++;
    if (!right(photo) && right(frozen[i])) onlyFrozen++;
  });
  const p = mcnemarExact(onlyFinetune, onlyFrozen);
  const better = onlyFinetune === onlyFrozen
    ? "equal"
    : onlyFinetune > onlyFrozen
    ? "finetune"
    : "frozen";
  return {
    better,
    only_finetune_right: onlyFinetune,
    only_frozen_right: onlyFrozen,
    p_value: p,
    summary: summarize(better, onlyFinetune, onlyFrozen, p, finetune.length),
  };
}

function summarize(
  better: BranchComparison["better"],
  onlyFinetune: number,
  onlyFrozen: number,
  p: number,
  total: number,
): string {
  const photos = counted(total, "photo");
  if (better === "equal") return `both branches got the same number of ${photos} right`;
  const margin = Math.abs(onlyFinetune - onlyFrozen);
  const lead = `${better} got ${margin} more of ${photos} right`;
  return p < 0.05
    ? `${lead}: more than chance explains (McNemar's exact test, p = ${p.toPrecision(2)})`
    : `${lead}: chance alone explains that (McNemar's exact test, p = ${p.toPrecision(2)})`;
}

/** What was trained, and how the branches compare where both were. */
interface Evaluated {
  branches: Readonly<OfBranches<{ cross_validated?: unknown }>>;
  comparison?: Pick<BranchComparison, "better">;
}

/**
 * The branch whose model is taken: the better one, or the only one. Of two that are equal frozen where
 * it alone was cross-validated, as more is known of it then, else finetune.
 */
export function takenBranch({ branches, comparison }: Evaluated): Branch {
  if (!comparison) return branchesIn(branches)[0];
  if (comparison.better !== "equal") return comparison.better;
  const [finetune, frozen] = [branches.finetune, branches.frozen]
    .map((score) => score?.cross_validated !== undefined);
  return frozen && !finetune ? "frozen" : "finetune";
}
