/** What came of asking a model about photos whose classes are known, for people. */
import { counted, percent, percentRange } from "../../data/statistics/percent.ts";
import { some } from "../../data/sources/left_out.ts";
import type { BranchScore } from "../../training/score.ts";

/** As `--json` prints it. */
export interface Evaluated extends BranchScore {
  folder: string;
  model: string;
  /** In the order of the confusion matrix. */
  classes: readonly string[];
  /**
   * Photos that the model was taught (`train`) or chosen (`val`) by, and whether they are what was
   * scored, as there were no others; null where its photos are not known.
   */
  seen: { train: number; val: number; scored: boolean } | null;
  /** Folders that are called as no class of the model, with their photos; they are not scored. */
  unknown_classes: Record<string, number>;
  /** Photos that were called unlike those of every class; null where the model cannot tell. */
  none_of_these: number | null;
  /** Photos that could not be read; they are not scored. */
  failed: readonly { path: string; error: string }[];
}

/** Mistakes that are listed. */
const MISTAKES = 10;

export function evaluationInWords(evaluated: Evaluated): string[] {
  const { model, folder, correct, total, accuracy, interval, failed } = evaluated;
  const photos = counted(total, "photo");
  return [
    `with ${model}`,
    ...warnings(evaluated),
    `right on ${correct} of ${photos} of ${folder} (accuracy ${percent(accuracy)}; ` +
    `${percentRange(interval)} with 95% confidence)`,
    "",
    ...classLines(evaluated),
    ...mistakes(evaluated),
    ...failed.map(({ path, error }) => `could not be read: ${path}: ${error}`),
  ];
}

/** What the accuracy does not say, or is not of. */
function warnings({ seen, unknown_classes, none_of_these, classes }: Evaluated): string[] {
  const lines: string[] = [];
  if (!seen) {
    lines.push(
      "the photos that it was taught by are not known here: if some are among these, the " +
        "accuracy is too high",
    );
  } else if (seen.train + seen.val > 0) {
    const parts = [
      ...seen.train > 0 ? [`${seen.train} that it was taught by`] : [],
      ...seen.val > 0 ? [`${seen.val} that it was chosen by (validation)`] : [],
    ].join(" and ");
    lines.push(
      seen.scored
        ? `all photos are known to the model: ${parts}. What follows says nothing of other photos`
        : `left out, as the model knows them: ${parts}`,
    );
  }
  const unknown = Object.entries(unknown_classes);
  if (unknown.length > 0) {
    const count = unknown.reduce((sum, [, photos]) => sum + photos, 0);
    lines.push(
      `left out ${counted(count, "photo")} of ${unknown.length === 1 ? "a class" : "classes"} ` +
        `that the model does not know: ${
          some(unknown.map(([name, photos]) => `${name} (${photos})`))
        }; ` +
        `it knows ${some(classes)}`,
    );
  }
  if (none_of_these) {
    lines.push(
      `${counted(none_of_these, "photo")} called unlike those of every class, and scored ` +
        "by the nearest class all the same",
    );
  }
  return lines;
}

function classLines({ classes, per_class }: Evaluated): string[] {
  const width = Math.max(...classes.map((name) => name.length));
  return classes.map((name) => {
    const { correct, total, accuracy, interval } = per_class[name];
    const share = total === 0
      ? "no photo: nothing is known of it"
      : `${percent(accuracy)} (${percentRange(interval)})`;
    return `  ${name.padEnd(width)}  right on ${correct} of ${total}  ${share}`;
  });
}

/** The most frequent ones first. */
function mistakes({ classes, confusion }: Evaluated): string[] {
  const all = confusion.flatMap((row, actual) =>
    row.flatMap((count, predicted) =>
      count > 0 && actual !== predicted ? [{ actual, predicted, count }] : []
    )
  ).sort((a, b) => b.count - a.count);
  if (all.length === 0) return [];
  const lines = all.slice(0, MISTAKES).map(({ actual, predicted, count }) =>
    `  ${count} of ${classes[actual]} taken for ${classes[predicted]}`
  );
  const more = all.length - lines.length;
  return ["", ...lines, ...more > 0 ? [`  and ${counted(more, "other pair")} of classes`] : []];
}
