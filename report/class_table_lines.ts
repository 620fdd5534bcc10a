import type { ClassCounts } from "../data/doctor/class_table.ts";
import { printable } from "./text.ts";

/** A table of photos a class, for people; columns without a photo are left out. */
export function classTableLines(rows: readonly ClassCounts[]): string[] {
  const columns = [
    ["train", "train"],
    ["val", "val"],
    ["test", "test"],
    ["leftOut", "left out"],
  ] as const;
  const shown = columns.filter(([key]) => key === "train" || rows.some((row) => row[key] > 0));
  const sum = (key: typeof columns[number][0]) => rows.reduce((sum, row) => sum + row[key], 0);
  const cells = [
    ["class", ...shown.map(([, title]) => title)],
    ...rows.map((row) => [
      row.className === undefined ? "(in no class)" : printable(row.className),
      ...shown.map(([key]) => String(row[key])),
    ]),
    ["all", ...shown.map(([key]) => String(sum(key)))],
  ];
  const widths = cells[0].map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  return cells.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
  );
}
