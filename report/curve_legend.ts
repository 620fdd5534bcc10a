import type { Branch, History } from "./history.ts";
import { percent } from "../data/statistics/percent.ts";
import { BRANCH_COLOURS, COLOUR, MARGIN, SIZE } from "./style.ts";
import { line, text } from "./svg.ts";
import { fitText, textWidth } from "./text.ts";

/** Height of a branch's row. */
export const LEGEND_ROW = 24;

/** The colour of branch number `branch`. */
export const colourOf = (branch: number) => BRANCH_COLOURS[branch % BRANCH_COLOURS.length];

/** A row a branch: its colour, its name, its best; up to `right` what solid and dashed mean. */
export function drawLegend(branches: Branch[], top: number, right: number): string {
  const y = (row: number) => top + row * LEGEND_ROW + 10;
  const names = branches.map(({ name }) => fitText(name, SIZE.remark, 240));
  const widest = Math.max(...names.map((name) => textWidth(name, SIZE.remark)));
  const rows = branches.map(({ history }, i) =>
    line([MARGIN, y(i)], [MARGIN + 22, y(i)], colourOf(i), { width: 4 }) +
    text(MARGIN + 32, y(i) + 5, names[i], { size: SIZE.remark, weight: 600 }) +
    text(MARGIN + 32 + widest + 16, y(i) + 5, bestOf(history), {
      size: SIZE.remark,
      fill: COLOUR.muted,
    })
  );
  return rows.join("") +
    line([right - 196, y(0)], [right - 168, y(0)], COLOUR.muted, { width: 2.25 }) +
    text(right - 160, y(0) + 5, "validation", { size: SIZE.remark, fill: COLOUR.muted }) +
    line([right - 80, y(0)], [right - 52, y(0)], COLOUR.muted, { width: 1.5, dash: "5 4" }) +
    text(right, y(0) + 5, "training", { size: SIZE.remark, fill: COLOUR.muted, anchor: "end" });
}

function bestOf({ epochs, best }: History): string {
  if (epochs.length === 0) return "no epoch finished";
  if (!epochs.some(({ epoch }) => epoch === best.epoch)) return "no epoch kept";
  return `best validation accuracy ${percent(best.accuracy)} in epoch ${best.epoch + 1}`;
}
