/** The losses of a learning rate range test, as the page draws them. */
import * as Plot from "@observablehq/plot";
import type { RateTest } from "../training/history.ts";
import { isDrawable } from "./domain.ts";
import { short } from "./number.ts";

/** Where the loss soars, the curve leaves the chart: what falls would be flat beside it. */
const ROOM = 1.5;

/** Loss over the rate, on a scale of factors, with a ring at the rate that was taken. */
export function rateChart(
  { rates, losses, suggested }: RateTest,
  { width, height, colour }: { width: number; height: number; colour: string },
): Plot.PlotOptions {
  const points = rates.map((rate, i) => ({ rate, loss: losses[i] }))
    .filter(({ loss }) => isDrawable(loss));
  const drawn = points.map(({ loss }) => loss);
  const lowest = Math.min(...drawn), most = lowest + ROOM * (drawn[0] - lowest || lowest || 1);
  const taken = points.filter(({ rate }) => rate === suggested);
  const position = { x: "rate", y: "loss" };
  return {
    width,
    height,
    marginTop: 16,
    marginRight: 16,
    marginBottom: 44,
    marginLeft: 44,
    x: {
      type: "log",
      ticks: 5,
      tickFormat: (rate: number) => rate.toExponential(0),
      tickSize: 0,
      tickPadding: 8,
      label: "learning rate",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
    },
    y: {
      domain: [lowest, Math.min(most, Math.max(...drawn))],
      clamp: false,
      nice: 4,
      grid: true,
      ticks: 5,
      tickFormat: short,
      tickSize: 0,
      label: null,
    },
    marks: [
      Plot.line(points, { ...position, stroke: colour, strokeWidth: 2.25, clip: true }),
      Plot.dot(taken, { ...position, stroke: colour, strokeWidth: 2, r: 7 }),
    ],
  };
}
