/** Plot's charts as parts of a picture. */
import * as Plot from "@observablehq/plot";
import { plot } from "./plot.ts";
import { BRANCH_COLOURS, COLOUR, FONT_FAMILY, SIZE } from "./style.ts";
import { n } from "./svg.ts";
import { fitText, textWidth } from "./text.ts";

/** The colour of branch number `branch`. */
export const colourOf = (branch: number) => BRANCH_COLOURS[branch % BRANCH_COLOURS.length];

/** A chart in the pictures' type and ink, its upper left corner at (x, y). */
export function chartAt(
  x: number,
  y: number,
  options: Plot.PlotOptions & { width: number; height: number },
): string {
  return plot(options, {
    x: n(x),
    y: n(y),
    color: COLOUR.ink,
    "font-family": FONT_FAMILY,
    "font-size": n(SIZE.label),
  });
}

/** A colour, what it stands for, and what there is to say of it. */
export interface LegendRow {
  name: string;
  colour: string;
  remark?: string;
}

/** Height of a row of a legend. */
export const LEGEND_ROW = 24;

/** A row a colour; with `lines`, at the right what solid and dashed mean. */
export function legendAt(
  x: number,
  y: number,
  width: number,
  rows: readonly LegendRow[],
  { lines = false } = {},
): string {
  const names = rows.map(({ name }) => fitText(name, SIZE.remark, 240));
  const after = 48 + Math.max(...names.map((name) => textWidth(name, SIZE.remark)));
  const middle = (_: unknown, i: number) => (i + 0.5) * LEGEND_ROW;
  const type = { y: middle, textAnchor: "start", fontSize: SIZE.remark } as const;
  const lined = { y: middle, stroke: COLOUR.muted };
  return chartAt(x, y, {
    width,
    height: rows.length * LEGEND_ROW,
    margin: 0,
    axis: null,
    x: { type: "identity" },
    y: { type: "identity" },
    marks: [
      Plot.ruleY(rows, { y: middle, x1: 0, x2: 22, stroke: "colour", strokeWidth: 4 }),
      Plot.text(names, { ...type, x: 32, fontWeight: 600 }),
      Plot.text(rows, { ...type, x: after, text: "remark", fill: COLOUR.muted }),
      lines
        ? [
          Plot.ruleY([""], { ...lined, x1: width - 196, x2: width - 168, strokeWidth: 2.25 }),
          Plot.ruleY([""], { ...lined, x1: width - 80, x2: width - 52, strokeDasharray: "5 4" }),
          Plot.text(["validation"], { ...type, x: width - 160, fill: COLOUR.muted }),
          Plot.text(["training"], { ...type, x: width, textAnchor: "end", fill: COLOUR.muted }),
        ]
        : null,
    ],
  });
}
