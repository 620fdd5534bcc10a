import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Html, html } from "./html.ts";

/** Width of a chart, in CSS pixels: what a phone shows without scaling its letters down. */
export const CHART_WIDTH = 340;

/**
 * Draws a chart as SVG that stands in the page: its colours are the page's variables, so that it
 * follows light and dark.
 * @param label says aloud what there is to see
 */
export function chart(label: string, options: Plot.PlotOptions): Html {
  const { document } = parseHTML("<!doctype html><html></html>") as unknown as Pick<
    Plot.PlotOptions,
    "document"
  >;
  const svg = Plot.plot({
    width: CHART_WIDTH,
    className: "chart",
    ...options,
    document,
  });
  // Plot's own style is the page's here.
  svg.querySelector("style")?.remove();
  return html`<div role="img" aria-label="${label}">${new Html(svg.outerHTML)}</div>`;
}

export const colourOf = (branch: string) => `var(--${branch})`;
