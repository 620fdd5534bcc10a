import * as Plot from "@observablehq/plot";
import { percent } from "../data/statistics/percent.ts";
import { settingOf } from "./describe_table.ts";
import { domainOf } from "./domain.ts";
import { HEADING, heading } from "./heading.ts";
import { short } from "./number.ts";
import { chartAt, colourOf, LEGEND_ROW, legendAt } from "./plot_picture.ts";
import { rasterise } from "./rasterise.ts";
import { MARGIN, SIZE } from "./style.ts";
import { type Picture, picture } from "./svg.ts";
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
/** Above and below the rows; below is what the axis reads. */
const ROOM = { above: 8, below: 28 };
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
  const names = drawn.map((row) => fitText(settingOf(row), SIZE.remark, LONGEST_LABEL));
  const left = Math.ceil(Math.max(...names.map((name) => textWidth(name, SIZE.remark)))) + 16;
  const top = MARGIN + HEADING + branches.length * LEGEND_ROW;
  const chart = {
    width: left + PLOT + FIGURE,
    height: drawn.length * ROW + ROOM.above + ROOM.below,
  };
  const width = chart.width + 2 * MARGIN;
  const legend = branches.map((name, i) => ({ name, colour: colourOf(i) }));
  const stroke = ({ branch }: SweepChartRow) => colourOf(branches.indexOf(branch));
  const y = (_: unknown, i: number) => i;
  const runs = drawn.flatMap((row, i) =>
    row.runs.map(({ accuracy }) => ({ y: i, accuracy, colour: stroke(row) }))
  );
  const bounds = drawn.flatMap(({ interval }) => interval);
  return picture(
    width,
    top + chart.height + MARGIN,
    "Accuracy of each setting",
    heading(width, "Accuracy of each setting", remark(rows)) +
      legendAt(MARGIN, MARGIN + HEADING - 6, chart.width, legend) +
      chartAt(MARGIN, top, {
        ...chart,
        marginTop: ROOM.above,
        marginRight: FIGURE,
        marginBottom: ROOM.below,
        marginLeft: left,
        x: {
          domain: domainOf([...bounds, ...runs.map(({ accuracy }) => accuracy)], [0, 1]),
          nice: 5,
          grid: true,
          ticks: 5,
          tickFormat: (share: number) => `${short(100 * share)}%`,
          tickSize: 0,
          label: null,
        },
        y: { domain: names.map(y), axis: null, padding: 0 },
        marks: [
          Plot.text(names, {
            y,
            frameAnchor: "left",
            textAnchor: "start",
            dx: -left,
            fontSize: SIZE.remark,
          }),
          Plot.ruleY(drawn, {
            y,
            x1: ({ interval }: SweepChartRow) => interval[0],
            x2: ({ interval }: SweepChartRow) => interval[1],
            ariaDescription: "intervals",
            stroke,
            strokeOpacity: 0.18,
            strokeWidth: 10,
          }),
          Plot.dot(runs, { x: "accuracy", y: "y", r: 4, fill: "colour", fillOpacity: 0.5 }),
          Plot.tickX(drawn, {
            x: "mean",
            y,
            ariaDescription: "means",
            inset: 5,
            stroke,
            strokeWidth: 2.5,
          }),
          Plot.text(drawn, {
            y,
            text: ({ mean }: SweepChartRow) => percent(mean),
            frameAnchor: "right",
            textAnchor: "end",
            dx: FIGURE,
            fontSize: SIZE.remark,
            fontWeight: 600,
          }),
        ],
      }),
  );
}

/** `drawSweepChart` as PNG. */
export async function sweepChart(
  table: { rows: SweepChartRow[] },
): Promise<Uint8Array<ArrayBuffer>> {
  return await rasterise(drawSweepChart(table));
}

function remark(rows: SweepChartRow[]): string {
  const what = "On the val photos: a dot a run, an upright at the mean, its 95% interval";
  return rows.length > MOST_ROWS ? `${what}; the first ${MOST_ROWS} of ${rows.length}` : what;
}
