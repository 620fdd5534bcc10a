import type * as Plot from "@observablehq/plot";
import { plot } from "../plot.ts";
import { Html, html } from "./html.ts";

/** Width of a chart, in CSS pixels: what a phone shows without scaling its letters down. */
export const CHART_WIDTH = 340;

/**
 * Draws a chart as SVG that stands in the page: its colours are the page's variables, so that it
 * follows light and dark.
 * @param label says aloud what there is to see
 */
export function chart(label: string, options: Plot.PlotOptions): Html {
  const svg = plot({ width: CHART_WIDTH, className: "chart", ...options });
  return html`<div role="img" aria-label="${label}">${new Html(svg)}</div>`;
}

export const colourOf = (branch: string) => `var(--${branch})`;
