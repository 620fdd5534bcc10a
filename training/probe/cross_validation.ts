/** Photos in parts, of which each is held out once: scikit-learn's `StratifiedGroupKFold`. */
import { Generator } from "../../data/torch_random.ts";
import type { LabelledFeatures } from "./labelled_features.ts";

export type Labels = Pick<LabelledFeatures, "labels" | "classes" | "groups">;

export interface FoldOptions {
  /** Parts. */
  nSplits: number;
  seed: number;
}

/** Photos cannot be divided as they should be, for what the message names. */
export class DivisionError extends Error {}

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
 * @throws {DivisionError} when there are fewer groups than parts, or a class lies in one group alone: then no
 *   fit could learn it and be asked about it.
 */
export function stratifiedGroupKFold(
  photos: Labels,
  { nSplits, seed }: FoldOptions,
): Int32Array<ArrayBuffer> {
  const { labels, classes } = photos;
  const units = checkDivisible(photos, nSplits);
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
  folds.forEach((fold, k) =>
    fold.units.forEach((unit) => unit.photos.forEach((i) => foldOf[i] = k))
  );
  checkDivided(photos, foldOf, nSplits);
  return foldOf;
}

/** The photos outside of a part, which a fit learns from, and those in it, which it is asked about. */
export function trainAndHeldOut(foldOf: Int32Array, fold: number): [Int32Array, Int32Array] {
  const all = foldOf.map((_, i) => i);
  return [all.filter((i) => foldOf[i] !== fold), all.filter((i) => foldOf[i] === fold)];
}

/** Groups, in the order of their first photos. */
function unitsOf({ labels, classes, groups }: Labels): Unit[] {
  const all = Array.from(labels.keys());
  const together = groups ? [...Map.groupBy(all, (i) => groups[i]).values()] : all.map((i) => [i]);
  return together.map((photos) => {
    const counts = new Array<number>(classes.length).fill(0);
    for (const i of photos) counts[labels[i]]++;
    return { photos, counts };
  });
}

/** Which part leaves the classes' shares least uneven with `counts` in it; of equals, the smallest. */
function leastUneven(
  folds: readonly (readonly number[])[],
  counts: readonly number[],
  totals: readonly number[],
): number {
  let best = 0, bestUnevenness = Infinity, bestSize = Infinity;
  folds.forEach((fold, k) => {
    let unevenness = 0;
    counts.forEach((count, label) => {
      if (count === 0) return; // the same for every part
      const added = folds.map((of, other) => of[label] + (other === k ? count : 0));
      const before = folds.map((of) => of[label]);
      unevenness += (deviation(added) - deviation(before)) / totals[label];
    });
    const size = fold.reduce((sum, count) => sum + count, 0);
    const equal = Math.abs(unevenness - bestUnevenness) < 1e-12;
    if (equal ? size < bestSize : unevenness < bestUnevenness) {
      [best, bestUnevenness, bestSize] = [k, unevenness, size];
    }
  });
  return best;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / values.length);
}

/**
 * That photos can be divided into so many parts; how they then are decides whether they are.
 * @throws {DivisionError} as `stratifiedGroupKFold`
 */
export function checkDivisible(photos: Labels, nSplits: number): Unit[] {
  const { classes, groups } = photos;
  const units = unitsOf(photos);
  if (!Number.isInteger(nSplits) || nSplits < 2) {
    throw new RangeError(`photos are divided into 2 parts or more, not into ${nSplits}`);
  }
  classes.forEach((name, label) => {
    const [first, second] = units.filter(({ counts }) => counts[label] > 0);
    if (!first) throw new DivisionError(`${name} has no photo: add some, or leave the class out`);
    if (second) return;
    const count = first.counts[label];
    const what = count === 1
      ? `${name} has one photo, which`
      : `all ${count} photos of ${name} belong to the group ${groups![first.photos[0]]}, which`;
    throw new DivisionError(
      `${what} cannot be both learnt from and asked about: add photos of ${name}` +
        `${count === 1 ? "" : " of another group"}, leave the class out, or train with ` +
        "--recipe quick, which asks about none of the photos that it learns from",
    );
  });
  if (units.length < nSplits) {
    throw new DivisionError(
      `${units.length} ${groups ? "groups of photos" : "photos"} cannot be divided into ` +
        `${nSplits} parts: add photos, or divide into ${units.length} parts or fewer ` +
        `(--folds ${units.length})`,
    );
  }
  return units;
}

function checkDivided({ labels, classes }: Labels, foldOf: Int32Array, nSplits: number) {
  const whole = classes.find((_, label) =>
    new Set(foldOf.filter((_, i) => labels[i] === label)).size < 2
  );
  if (whole === undefined && new Set(foldOf).size === nSplits) return;
  throw new DivisionError(
    `the groups of photos are too large to be divided into ${nSplits} parts` +
      (whole === undefined ? "" : ` with ${whole} in more than one of them`) +
      ": divide into fewer parts (--folds), or make smaller groups",
  );
}
