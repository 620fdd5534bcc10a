import { axisOf, isDrawable } from "./axis.ts";
import { colourOf, drawLegend, LEGEND_ROW } from "./curve_legend.ts";
import { AXIS_ROOM, type Curve, drawPanel, type Panel, type RateDrop } from "./curve_panel.ts";
import { HEADING, heading } from "./heading.ts";
import type { Branch, EpochRecord } from "./history.ts";
import { short } from "./number.ts";
import { MARGIN } from "./style.ts";
import { type Picture, picture } from "./svg.ts";

const PLOT = { width: 400, height: 260 };
/** Room for the epochs below a plot, and for its title and the learning rates above it. */
const ROOM = { below: 44, above: 66 };
const GUTTER = 44;
const WIDTH = 2 * MARGIN + 2 * (AXIS_ROOM + PLOT.width) + GUTTER;
/** A rate that falls by less is a smooth schedule; marked, each epoch would have a line. */
const DROP = 0.7;

/**
 * Draws loss and accuracy over the epochs, training (dashed) and validation (solid), one colour a
 * branch. Dotted uprights are drops of the learning rate, rings the epoch whose weights were kept.
 * Values that are not finite leave a gap, and are counted below the title.
 * @throws {RangeError} without branches
 */
export function drawTrainingCurves({ branches }: { branches: Branch[] }): Picture {
  if (branches.length === 0) {
    throw new RangeError("curves of no branches are no picture: give at least one branch");
  }
  const top = MARGIN + HEADING + branches.length * LEGEND_ROW + ROOM.above;
  const epochs = branches.flatMap(({ history }) => history.epochs);
  const shared = { epochs: spanOf(epochs), drops: dropsOf(branches) };
  const losses = curvesOf(branches, "loss");
  const accuracies = curvesOf(branches, "accuracy");
  const left = MARGIN + AXIS_ROOM;
  const loss: Panel = {
    ...shared,
    title: "Loss",
    frame: { x: left, y: top, ...PLOT },
    axis: axisOf(valuesOf(losses), [0, Infinity]),
    format: short,
    curves: losses,
  };
  const accuracy: Panel = {
    ...shared,
    title: "Accuracy",
    frame: { x: left + PLOT.width + GUTTER + AXIS_ROOM, y: top, ...PLOT },
    axis: axisOf(valuesOf(accuracies), [0, 1]),
    format: (share) => `${short(share * 100)}%`,
    curves: accuracies,
  };
  return picture(
    WIDTH,
    top + PLOT.height + ROOM.below + MARGIN,
    `Training curves of ${branches.map(({ name }) => name).join(", ")}`,
    heading(WIDTH, "Training curves", remark(losses, accuracies)) +
      drawLegend(branches, MARGIN + HEADING, WIDTH - MARGIN) + drawPanel(loss) +
      drawPanel(accuracy),
  );
}

function curvesOf(branches: Branch[], quantity: "loss" | "accuracy"): Curve[] {
  return branches.flatMap(({ history }, i) =>
    (["train", "val"] as const).map((split) => ({
      label: `${i} ${split} ${quantity}`,
      colour: colourOf(i),
      split,
      best: split === "val" ? history.best.epoch + 1 : undefined,
      points: history.epochs.map((record) => ({
        epoch: record.epoch + 1,
        value: record[split][quantity] ?? NaN,
      })),
    }))
  );
}

const valuesOf = (curves: Curve[]) =>
  curves.flatMap(({ points }) => points.map(({ value }) => value));

function spanOf(epochs: EpochRecord[]): [number, number] {
  if (epochs.length === 0) return [0, 0];
  const numbers = epochs.map(({ epoch }) => epoch + 1);
  return [Math.min(...numbers), Math.max(...numbers)];
}

/** Each drop once, though several branches have it. */
function dropsOf(branches: Branch[]): RateDrop[] {
  const drops = new Map<string, RateDrop>();
  for (const { history: { epochs } } of branches) {
    for (let i = 1; i < epochs.length; i++) {
      const { epoch, lr } = epochs[i];
      if (lr <= epochs[i - 1].lr * DROP) {
        drops.set(`${epoch} ${lr}`, { epoch: epoch + 1, text: `LR ${short(lr)}` });
      }
    }
  }
  return [...drops.values()].sort((a, b) => a.epoch - b.epoch);
}

function remark(...panels: Curve[][]): string {
  const missing = valuesOf(panels.flat()).filter((value) => !isDrawable(value)).length;
  const what = "Loss and accuracy after each epoch; a ring marks the epoch that was kept";
  if (missing === 0) return what;
  return `${what}; ${missing === 1 ? "1 value is" : `${missing} values are`} not finite, left out`;
}
