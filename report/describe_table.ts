/** A sweep's table as text: aligned for a terminal, as Markdown, and its runs as CSV. */
import { counted, percent } from "../data/statistics/percent.ts";
import { csvLine } from "./csv.ts";
import { printable } from "./text.ts";
import type { Score, SweepRow, SweepRun, SweepTable } from "../training/sweep_table.ts";

/** What a person reads at the end of a sweep. */
export function describeTable(table: SweepTable): string {
  const cells = tableCells(table);
  const widths = cells[0].map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const lines = cells.map((row) =>
    row.map((cell, i) => isNumber(i, row) ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))
      .join("  ").trimEnd()
  );
  return [...lines, "", remark(table)].join("\n");
}

export function markdownTable(table: SweepTable): string {
  const [head, ...rows] = tableCells(table);
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => printable(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = line(head.map((_, i) => isNumber(i, head) ? "--:" : "---"));
  return [line(head), rule, ...rows.map(line), "", remark(table)].join("\n");
}

/** A line a trained branch, in the order of the sweep. */
export function runsAsCsv(scores: readonly Score[]): string {
  const flags = flagsOf(scores);
  const lines = scores.map(({ labels, branch, correct, total }) => [
    ...flags.map((flag) => labels[flag] ?? ""),
    branch,
    `${total === 0 ? 0 : correct / total}`,
    `${correct}`,
    `${total}`,
  ]);
  return [[...flags, "branch", "accuracy", "correct", "total"], ...lines]
    .map((cells) => `${csvLine(cells)}\n`).join("");
}

/** `lr 0.01, model resnet18`; of a sweep over seeds alone, the branch. */
export function settingOf(
  { labels, branch }: { labels: Record<string, string>; branch: string },
): string {
  return Object.entries(labels).map(([flag, value]) => `${flag} ${value}`).join(", ") || branch;
}

const flagsOf = (rows: readonly { labels: Record<string, string> }[]) => [
  ...new Set(rows.flatMap(({ labels }) => Object.keys(labels))),
];

const FIGURES = ["runs", "mean", "sd", "95% interval", "best"];

/** Figures are set to the right, names to the left. */
const isNumber = (column: number, row: string[]) => column >= row.length - FIGURES.length;

/** A head, then a row a setting, of as many cells each. */
export function tableCells({ rows }: SweepTable): string[][] {
  const flags = flagsOf(rows);
  return [
    [...flags, "branch", ...FIGURES],
    ...rows.map((row) => [
      ...flags.map((flag) => row.labels[flag] ?? ""),
      row.branch,
      ...figuresOf(row),
    ]),
  ];
}

function figuresOf({ runs, mean, standard_deviation, interval: [low, high], best }: SweepRow) {
  const deviation = standard_deviation === null ? "–" : (100 * standard_deviation).toFixed(1);
  return [
    `${runs.length}`,
    percent(mean),
    deviation,
    `${percent(low).replace("%", "")} to ${percent(high)}`,
    describeRun(best),
  ];
}

function describeRun({ labels, accuracy }: SweepRun): string {
  const which = Object.entries(labels).map(([flag, value]) => `${flag} ${value}`).join(", ");
  return percent(accuracy) + (which && ` (${which})`);
}

/** By how many photos settings were told apart, and whether they were. */
export function remark({ rows, not_worse }: SweepTable): string {
  const photos = Math.round(
    rows[0].runs.reduce((sum, { total }) => sum + total, 0) /
      rows[0].runs.length,
  );
  const others = rows.length - 1;
  const what = `Accuracy on ${counted(photos, "val photo")}`;
  if (others === 0) return `${what}.`;
  if (not_worse === 0) return `${what}; every other mean lies outside the first one's interval.`;
  const some = not_worse === others ? "the other rows" : `${not_worse} of the other rows`;
  return `${what}; too few to tell ${some} from the first, whose interval holds their means.`;
}
