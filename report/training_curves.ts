import { percent } from "../data/statistics/percent.ts";
import { START } from "../models/manifest.ts";
import type { LearningCurves } from "../training/history.ts";
import { curveChart } from "./curve_chart.ts";
import { isDrawable } from "./domain.ts";
import { HEADING, heading } from "./heading.ts";
import { chartAt, colourOf, LEGEND_ROW, legendAt } from "./plot_picture.ts";
import { rasterise } from "./rasterise.ts";
import { MARGIN, SIZE } from "./style.ts";
import { type Picture, picture, text } from "./svg.ts";

/** A training run, by its `history.json` or `curves.json`, and what it is called. */
export interface Branch {
  name: string;
  history: LearningCurves;
}

const CHART = { width: 470, height: 336 };
const GUTTER = 20;
const WIDTH = 2 * MARGIN + 2 * CHART.width + GUTTER;
/** Above a chart, for what it shows. */
const TITLE = 36;

/**
 * Draws loss and accuracy over the epochs, training (dashed) and validation (solid), one colour a
 * branch. Dotted uprights are drops of the learning rate, rings the epoch whose weights were kept.
 * Values that are not finite leave a gap, and are counted below the title.
 * @throws {RangeError} without branches
 */
export function drawTrainingCurves({ branches }: { branches: readonly Branch[] }): Picture {
  if (branches.length === 0) {
    throw new RangeError("curves of no branches are no picture: give at least one branch");
  }
  const coloured = branches.map((branch, i) => ({ ...branch, colour: colourOf(i) }));
  const rows = coloured.map(({ history, ...row }) => ({ ...row, remark: bestOf(history) }));
  const top = MARGIN + HEADING + branches.length * LEGEND_ROW + TITLE;
  const panels = (["loss", "accuracy"] as const).map((quantity, i) => {
    const left = MARGIN + i * (CHART.width + GUTTER);
    const title = quantity === "loss" ? "Loss" : "Accuracy";
    return text(left, top - 6, title, { size: SIZE.heading, weight: 600 }) +
      chartAt(left, top, { ...curveChart(coloured, quantity, CHART), ...CHART });
  });
  return picture(
    WIDTH,
    top + CHART.height + MARGIN,
    `Training curves of ${branches.map(({ name }) => name).join(", ")}`,
    heading(WIDTH, "Training curves", remark(branches)) +
      legendAt(MARGIN, MARGIN + HEADING, WIDTH - 2 * MARGIN, rows, { lines: true }) +
      panels.join(""),
  );
}

/** `drawTrainingCurves` as PNG. */
export async function trainingCurves(
  runs: { branches: readonly Branch[] },
  source?: string,
): Promise<Uint8Array<ArrayBuffer>> {
  return await rasterise(drawTrainingCurves(runs), source);
}

function bestOf({ start, epochs, best }: LearningCurves): string {
  if (epochs.length === 0) return "no epoch finished";
  if (start && best.epoch === START) {
    return `no epoch better than the start, of validation accuracy ${percent(best.accuracy)}`;
  }
  if (!epochs.some(({ epoch }) => epoch === best.epoch)) return "no epoch kept";
  const kept = percent(best.accuracy);
  // What starts from a fitted head keeps the epoch of the lowest loss, others that of most photos right.
  return start
    ? `lowest validation loss in epoch ${best.epoch + 1}, accuracy ${kept}`
    : `best validation accuracy ${kept} in epoch ${best.epoch + 1}`;
}

function remark(branches: readonly Branch[]): string {
  const missing = branches.flatMap(({ history: { start, epochs } }) => [
    ...start ? [start] : [],
    ...epochs.flatMap(({ train, val }) => [train, val]),
  ]).flatMap(({ loss, accuracy }) => [loss, accuracy])
    .filter((value) => value === null || !isDrawable(value)).length;
  const what = "Loss and accuracy after each epoch; a ring marks the epoch that was kept";
  if (missing === 0) return what;
  return `${what}; ${missing === 1 ? "1 value is" : `${missing} values are`} not finite, left out`;
}
