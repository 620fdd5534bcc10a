/** Predictions as text: for people, and for spreadsheets. */
import { percent } from "../../data/statistics/percent.ts";
import { csvLine } from "../../report/csv.ts";
import type { Failure, Prediction } from "../../inference/predict_photos.ts";
import { printable } from "../../report/text.ts";

/** What stands in place of a photo's class, where the model gives none. */
export function withheldLabel(
  { none_of_these, abstains }: Pick<Prediction, "none_of_these" | "abstains">,
): string | undefined {
  if (none_of_these) return NONE;
  return abstains ? UNSURE : undefined;
}

/** How each result becomes a line, and what stands above them. */
export interface Format {
  head?: string;
  line(result: Prediction | Failure): string;
}

/** Stands where the class would, of a photo that is unlike those of every class. */
const NONE = "none of these?";
/** Stands where the class would, of a photo that the model is too unsure about to answer. */
const UNSURE = "not sure";

/**
 * Class, probability and path, in columns that are aligned while results still come.
 * @param classes all that can be predicted
 * @param tells whether the model can tell that a photo is of none of them, or may abstain
 */
export function tableFormat(
  classes: readonly string[],
  { tellsNone = false, abstains = false } = {},
): Format {
  const names = [...classes, ...tellsNone ? [NONE] : [], ...abstains ? [UNSURE] : []];
  const width = Math.max(...names.map((name) => printable(name).length));
  return {
    line(result) {
      if ("error" in result) return `${printable(result.path)}: ${printable(result.error)}`;
      const { path, label, probability, top, none_of_these, abstains } = result;
      const ranked = top.map((one) => `${printable(one.label)} ${percent(one.probability)}`);
      if (none_of_these) {
        const remark = `(unlike the photos of every class; the nearest: ${ranked.join(", ")})`;
        return [NONE.padEnd(width), "–".padStart(6), printable(path), remark].join("  ");
      }
      if (abstains) {
        const remark = `(too unsure to answer; the likeliest: ${ranked.join(", ")})`;
        return [UNSURE.padEnd(width), "–".padStart(6), printable(path), remark].join("  ");
      }
      const others = ranked.slice(1);
      return [
        printable(label).padEnd(width),
        percent(probability).padStart(6),
        printable(path),
        ...(others.length > 0 ? [`(${others.join(", ")})`] : []),
      ].join("  ");
    },
  };
}

/** A line a photo, with as many classes as are listed; a photo that failed has its error alone. */
export function csvFormat(top: number, abstains = false): Format {
  const ranks = Array.from({ length: top }, (_, i) => i === 0 ? "" : `_${i + 1}`);
  const columns = ranks.flatMap((rank) => [`label${rank}`, `probability${rank}`]);
  const only = (cell: string) => abstains ? [cell] : [];
  return {
    head: csvLine(["path", ...columns, "none_of_these", ...only("abstains"), "error"]),
    line(result) {
      if ("error" in result) {
        return csvLine([result.path, ...columns.map(() => ""), "", ...only(""), result.error]);
      }
      const { path, top, none_of_these } = result;
      const figures = top.flatMap(({ label, probability }) => [label, probability.toFixed(6)]);
      const withheld = only(String(result.abstains ?? ""));
      return csvLine([path, ...figures, String(none_of_these ?? ""), ...withheld, ""]);
    },
  };
}
