/**
 * How each class fares, as scikit-learn's `precision_recall_fscore_support` and
 * `balanced_accuracy_score` say it. What is a share of no photos is null here, as `zero_division=nan`
 * is there, and not 0: nobody was wrong about it.
 */

/** One class among the photos that a model was asked about. */
export interface ClassScore {
  /** Share of the photos that were taken for the class which are of it; null where none was. */
  precision: number | null;
  /** Share of the class's photos that were taken for it; null where there are none. */
  recall: number | null;
  /** Harmonic mean of both; null where there is neither a photo of the class nor one taken for it. */
  f1: number | null;
  /** Photos of the class. */
  support: number;
}

export interface ClassScores {
  /** In the order of the classes. */
  classes: ClassScore[];
  /** Mean F1 of the classes that have one, each counting alike; null without any. */
  macroF1: number | null;
  /** Mean recall of the classes that have photos: what always naming one class brings is 1 / classes. */
  balancedAccuracy: number | null;
}

/** @param confusion counts[actual][predicted] */
export function classScores(confusion: readonly (readonly number[])[]): ClassScores {
  const classes = confusion.map((row, label) => {
    const right = row[label];
    const support = sum(row);
    const named = sum(confusion.map((other) => other[label]));
    return {
      precision: share(right, named),
      recall: share(right, support),
      f1: share(2 * right, named + support),
      support,
    };
  });
  return {
    classes,
    macroF1: meanOf(classes.map(({ f1 }) => f1)),
    balancedAccuracy: meanOf(classes.map(({ recall }) => recall)),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const share = (part: number, whole: number) => whole === 0 ? null : part / whole;

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return share(sum(known), known.length);
}
