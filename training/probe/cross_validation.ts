/** Photos in parts, of which each is held out once: scikit-learn's `StratifiedGroupKFold`. */
import { Generator } from "../../data/torch_random.ts";
import type { LabelledFeatures } from "./labelled_features.ts";

export type Labels = Pick<LabelledFeatures, "labels" | "classes" | "groups">;

export interface FoldOptions {
  /** Parts. */
  nSplits: number;
  seed: number;
}

/** Photos that belong together: a group, or one photo alone. */
interface Unit {
  photos: number[];
  /** [classes] */
  counts: number[];
}

/**
 * The part of each photo, 0 … nSplits − 1. Groups stay whole, and each class is spread over the parts
 * as evenly as that allows: the units whose classes are most uneven go first, each to the part where
 * it leaves the classes' shares least uneven. The seed decides between equals.
 *
 * A class of fewer photos than parts is missing from some of them, and each photo of it is still
 * answered for by fits that saw the others.
 *
 * @returns [photos]
 * @throws {Error} when there are fewer groups than parts, or a class lies in one group alone: then no
 *   fit could learn it and be asked about it.
 */
export function stratifiedGroupKFold(
  photos: Labels,
  { nSplits, seed }: FoldOptions,
): Int32Array<ArrayBuffer> {
  const { labels, classes } = photos;
  const units = unitsOf(photos);
  checkDivisible(photos, units, nSplits);
  const totals = classes.map((_, label) => labels.reduce((sum, of) => sum + +(of === label), 0));
  const folds = Array.from({ length: nSplits }, () => ({
    counts: new Array<number>(classes.length).fill(0),
    units: [] as Unit[],
  }));
  const shuffled = Array.from(new Generator(seed).randperm(units.length), (i) => units[i]);
  for (const unit of shuffled.sort((a, b) => deviation(b.counts) - deviation(a.counts))) {
    const best = leastUneven(folds.map(({ counts }) => counts), unit.counts, totals);
    folds[best].units.push(unit);
    unit.counts.forEach((count, label) => folds[best].counts[label] += count);
  }
  const foldOf = new Int32Array(labels.length);
  folds.forEach((fold, k) => fold.units.forEach((unit) => unit.photos.forEach((i) => foldOf[i] = k)));
  checkDivided(photos, foldOf, nSplits);
  return foldOf;
}
