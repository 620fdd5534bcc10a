/** Predictions as text: for people, and for spreadsheets. */
import { percent } from "../../data/statistics/percent.ts";
import { csvLine } from "../../report/csv.ts";
import type { Failure, Prediction } from "../../inference/predict_photos.ts";
import { printable } from "../../report/text.ts";

/** How each result becomes a line, and what stands above them. */
export interface Format {
  head?: string;
  line(result: Prediction | Failure): string;
}

/**
 * Class, probability and path, in columns that are aligned while results still come.
 * @param classes all that can be predicted
 */
export function tableFormat(classes: readonly string[]): Format {
  const width = Math.max(...classes.map((name) => printable(name).length));
  return {
    line(result) {
      if ("error" in result) return `${printable(result.path)}: ${printable(result.error)}`;
      const { path, label, probability, top, none_of_these } = result;
      const others = top.slice(1)
        .map((other) => `${printable(other.label)} ${percent(other.probability)}`);
      return [
        printable(label).padEnd(width),
        percent(probability).padStart(6),
        printable(path),
        ...(others.length > 0 ? [`(${others.join(", ")})`] : []),
        ...(none_of_these ? ["none of these? It is unlike the photos of every class"] : []),
      ].join("  ");
    },
  };
}

/** A line a photo, with as many classes as are listed; a photo that failed has its error alone. */
export function csvFormat(top: number): Format {
  const ranks = Array.from({ length: top }, (_, i) => i === 0 ? "" : `_${i + 1}`);
  const columns = ranks.flatMap((rank) => [`label${rank}`, `probability${rank}`]);
  return {
    head: csvLine(["path", ...columns, "none_of_these", "error"]),
    line(result) {
      if ("error" in result) {
        return csvLine([result.path, ...columns.map(() => ""), "", result.error]);
      }
      const { path, top, none_of_these } = result;
      const figures = top.flatMap(({ label, probability }) => [label, probability.toFixed(6)]);
      return csvLine([path, ...figures, String(none_of_these ?? ""), ""]);
    },
  };
}
