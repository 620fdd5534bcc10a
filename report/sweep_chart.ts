import { axisOf } from "./axis.ts";
import { colourOf } from "./curve_legend.ts";
import { HEADING, heading } from "./heading.ts";
import { percent } from "../data/statistics/percent.ts";
import { short } from "./number.ts";
import { COLOUR, MARGIN, SIZE } from "./style.ts";
import { line, n, type Picture, picture, text } from "./svg.ts";
import { fitText, textWidth } from "./text.ts";

/** One setting of one branch, its runs taken together. */
export interface SweepChartRow {
  labels: Record<string, string>;
  branch: string;
  /** Of the accuracies, 0 to 1. */
  mean: number;
  interval: [low: number, high: number];
  runs: { accuracy: number }[];
}

const ROW = 28;
const PLOT = 440;
const LEGEND = 32;
/** Below the plot, for what the axis reads. */
const BELOW = 28;
const LONGEST_LABEL = 360;
const FIGURE = 60;
/** Rows beyond are in the table: the best are what a picture is for. */
const MOST_ROWS = 40;

/**
 * Draws how accurate each setting was, in the order given: a dot a run, an upright at their mean, a
 * pale bar for its 95% interval, one colour a branch.
 * @throws {RangeError} without rows
 */
export function drawSweepChart({ rows }: { rows: SweepChartRow[] }): Picture {
  if (rows.length === 0) throw new RangeError("a chart of no settings is no picture: give some");
  const drawn = rows.slice(0, MOST_ROWS);
  const branches = [...new Set(rows.map(({ branch }) => branch))].sort();
  const names = drawn.map((row) => fitText(nameOf(row), SIZE.remark, LONGEST_LABEL));
  const left = MARGIN + Math.ceil(Math.max(...names.map((name) => textWidth(name, 13)))) + 16;
  const top = MARGIN + HEADING + LEGEND;
  const bottom = top + drawn.length * ROW;
  const axis = axisOf(drawn.flatMap((row) => [...row.interval, ...row.runs.map(accuracyOf)]), [
    0,
    1,
  ]);
  const across = (value: number) => left + (value - axis.low) / (axis.high - axis.low) * PLOT;
  const width = left + PLOT + FIGURE + MARGIN;
  const ticks = axis.ticks.map((tick) =>
    line([across(tick), top], [across(tick), bottom], COLOUR.hairline) +
    text(across(tick), bottom + 20, `${short(100 * tick)}%`, {
      fill: COLOUR.muted,
      anchor: "middle",
    })
  );
  const lines = drawn.map((row, i) => {
    const y = top + (i + 0.5) * ROW;
    return text(MARGIN, y + 5, names[i], { size: SIZE.remark }) +
      drawRow(row, y, colourOf(branches.indexOf(row.branch)), across) +
      text(left + PLOT + FIGURE, y + 5, percent(row.mean), {
        size: SIZE.remark,
        weight: 600,
        anchor: "end",
      });
  });
  return picture(
    width,
    bottom + BELOW + MARGIN,
    "Accuracy of each setting",
    heading(width, "Accuracy of each setting", remark(rows)) +
      drawBranches(branches, MARGIN + HEADING) + ticks.join("") + lines.join(""),
  );
}

const accuracyOf = ({ accuracy }: { accuracy: number }) => accuracy;

/** `lr 0.01, model resnet18`; of a sweep over seeds alone, the branch. */
function nameOf({ labels, branch }: SweepChartRow): string {
  return Object.entries(labels).map(([flag, value]) => `${flag} ${value}`).join(", ") || branch;
}

function drawRow(
  { mean, interval: [low, high], runs }: SweepChartRow,
  y: number,
  colour: string,
  across: (value: number) => number,
): string {
  const bar = `<line x1="${n(across(low))}" y1="${n(y)}" x2="${n(across(high))}" y2="${n(y)}" ` +
    `stroke="${colour}" stroke-opacity="0.18" stroke-width="10"/>`;
  const dots = runs.map(({ accuracy }) =>
    `<circle cx="${n(across(accuracy))}" cy="${n(y)}" r="4" fill="${colour}" fill-opacity="0.5"/>`
  );
  const at = across(mean);
  return bar + dots.join("") + line([at, y - 9], [at, y + 9], colour, { width: 2.5 });
}

function drawBranches(branches: string[], y: number): string {
  let x = MARGIN;
  return branches.map((branch, i) => {
    const name = fitText(branch, SIZE.remark, 200);
    const drawn = line([x, y + 6], [x + 22, y + 6], colourOf(i), { width: 4 }) +
      text(x + 32, y + 11, name, { size: SIZE.remark, weight: 600 });
    x += 32 + textWidth(name, SIZE.remark) + 28;
    return drawn;
  }).join("");
}

function remark(rows: SweepChartRow[]): string {
  const what = "On the val photos: a dot a run, an upright at the mean, its 95% interval";
  return rows.length > MOST_ROWS ? `${what}; the first ${MOST_ROWS} of ${rows.length}` : what;
}
