/** Loss or accuracy over the epochs, as the page and the pictures draw it. */
import * as Plot from "@observablehq/plot";
import { percent } from "../data/statistics/percent.ts";
import type { CurvePoint, LearningCurves } from "../training/history.ts";
import { domainOf, isDrawable } from "./domain.ts";
import { short } from "./number.ts";
import { textWidth } from "./text.ts";

/** A training run, what it is called, and its colour. */
export interface ColouredBranch {
  name: string;
  history: LearningCurves;
  colour: string;
}

export type Quantity = "loss" | "accuracy";
type Split = "train" | "val";

/** Room above a plot for the learning rates, right of it for the last of them. */
const MARGIN = { top: 28, right: 24 };
/** Up to so many epochs each gets a dot, and a tick. */
const DOTTED = 40;
const TICKED = 8;
/** A rate that falls by less is a smooth schedule; marked, each epoch would have a line. */
const DROP = 0.7;
const FONT_SIZE = 12;

interface Point {
  /** Counted from 1; 0 is what training began with. */
  epoch: number;
  value: number;
}

/** One quantity of one branch. */
interface Curve {
  /** Names the curve in the document: `0 val loss`, the branch by its number. */
  label: string;
  colour: string;
  split: Split;
  points: Point[];
  /** The epoch that was kept, if there is one. */
  kept?: number;
}

/**
 * A chart of one quantity: training dashed, validation solid, a ring at the epoch that was kept,
 * dotted uprights where the learning rate drops. Values that are not finite leave a gap.
 * @param width of the chart, axes included
 */
export function curveChart(
  branches: readonly ColouredBranch[],
  quantity: Quantity,
  { width, height, marginLeft = 48 }: { width: number; height: number; marginLeft?: number },
): Plot.PlotOptions {
  const curves = curvesOf(branches, quantity);
  const values = curves.flatMap(({ points }) => points.map(({ value }) => value));
  const epochs = branches.flatMap(({ history: { start, epochs } }) => [
    ...start ? [0] : [],
    ...epochs.map(({ epoch }) => epoch + 1),
  ]);
  const [first, last] = epochs.length === 0 ? [0, 0] : [Math.min(...epochs), Math.max(...epochs)];
  return {
    width,
    height,
    marginTop: MARGIN.top,
    marginRight: MARGIN.right,
    marginBottom: 48,
    marginLeft,
    x: {
      // Half an epoch of air on both sides, so that a single epoch stands in the middle.
      domain: [first - 0.5, last + 0.5],
      ticks: last - first < TICKED ? [...new Set(epochs)] : undefined,
      tickFormat: "d",
      tickSize: 0,
      tickPadding: 12,
      label: "epoch",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 42,
    },
    y: {
      domain: domainOf(values, quantity === "loss" ? [0, Infinity] : [0, 1]),
      nice: 5,
      grid: true,
      ticks: 5,
      tickFormat: quantity === "loss" ? short : (share: number) => `${short(100 * share)}%`,
      tickSize: 0,
      label: null,
    },
    marks: [
      ...dropMarks(
        dropsOf(branches),
        (width - marginLeft - MARGIN.right) / (last - first + 1),
      ),
      // Training curves first, so that the validation curves lie above them.
      ...curves.filter(({ split }) => split === "train").flatMap(curveMarks),
      ...curves.filter(({ split }) => split === "val").flatMap(curveMarks),
      values.some(isDrawable)
        ? null
        : Plot.text(["no finite values"], { frameAnchor: "middle", fontSize: FONT_SIZE }),
    ],
  };
}

/** Says a value of a quantity. */
export const sayValue = (value: number, quantity: Quantity) =>
  quantity === "accuracy" ? percent(value) : short(value);

function curvesOf(branches: readonly ColouredBranch[], quantity: Quantity): Curve[] {
  const valueOf = (point: CurvePoint) => {
    const value = point[quantity] ?? NaN;
    return isDrawable(value) ? value : NaN;
  };
  return branches.flatMap(({ history: { start, epochs, best }, colour }, index) =>
    (["train", "val"] as const).map((split) => ({
      label: `${index} ${split} ${quantity}`,
      colour,
      split,
      kept: split === "val" ? best.epoch + 1 : undefined,
      points: [
        ...start && split === "val" ? [{ epoch: 0, value: valueOf(start) }] : [],
        ...epochs.map((record) => ({ epoch: record.epoch + 1, value: valueOf(record[split]) })),
      ],
    }))
  );
}

function curveMarks({ label, colour, split, points, kept }: Curve): Plot.Markish[] {
  const position = { x: "epoch", y: "value" };
  const isNumber = (point?: Point) => point !== undefined && !Number.isNaN(point.value);
  const dots = points.filter((_, i) =>
    (split === "val" && (points.length <= DOTTED || points[i].epoch === kept)) ||
    // A point without a neighbour would not be seen as a line.
    (!isNumber(points[i - 1]) && !isNumber(points[i + 1]))
  );
  return [
    Plot.line(points, {
      ...position,
      ariaDescription: `curve ${label}`,
      stroke: colour,
      strokeWidth: split === "val" ? 2.25 : 1.5,
      strokeDasharray: split === "val" ? undefined : "5 4",
    }),
    Plot.dot(dots, {
      ...position,
      ariaDescription: `dots ${label}`,
      fill: colour,
      r: split === "val" ? 3 : 2.5,
    }),
    Plot.dot(points.filter(({ epoch }) => epoch === kept), {
      ...position,
      ariaDescription: `kept ${label}`,
      stroke: colour,
      strokeWidth: 2,
      r: 7,
    }),
  ];
}

/** A change of the learning rate: `epoch` is the first that it held for. */
interface RateDrop {
  epoch: number;
  text: string;
}

/** Each drop once, though several branches have it. */
function dropsOf(branches: readonly ColouredBranch[]): RateDrop[] {
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

/** Those without room for their text, `pixels` being those of an epoch, go without. */
function dropMarks(drops: readonly RateDrop[], pixels: number): Plot.Markish[] {
  let free = -Infinity;
  const named = drops.filter(({ epoch, text }) => {
    const half = textWidth(text, FONT_SIZE) / 2;
    if (epoch * pixels - half < free) return false;
    free = epoch * pixels + half + 12;
    return true;
  });
  const x = ({ epoch }: RateDrop) => epoch - 0.5;
  return [
    Plot.ruleX(drops, { x, ariaDescription: "drops", strokeOpacity: 0.45, strokeDasharray: "2 4" }),
    Plot.text(named, {
      x,
      text: "text",
      frameAnchor: "top",
      lineAnchor: "bottom",
      dy: -8,
      fontSize: FONT_SIZE,
      fillOpacity: 0.75,
    }),
  ];
}
