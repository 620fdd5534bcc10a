/** Charts are Observable Plot's: as SVG text, without a browser. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** Draws a chart as one `<svg>` element whose look is that of what it stands in. */
export function plot(
  options: Plot.PlotOptions,
  attributes: Record<string, string> = {},
): string {
  const { document } = parseHTML("<!doctype html><html></html>") as unknown as Pick<
    Plot.PlotOptions,
    "document"
  >;
  const svg = Plot.plot({ ...options, document });
  // Its rules are for a page that has none of its own; in a picture nothing reads them.
  svg.querySelector("style")?.remove();
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  return svg.outerHTML;
}
