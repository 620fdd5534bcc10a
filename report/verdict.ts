import { COLOUR } from "./style.ts";
import { n, rect } from "./svg.ts";

/** Whether a prediction is right; `unknown` where the photo has no label. */
export type Verdict = "right" | "wrong" | "unknown";

export const VERDICT_COLOUR: Record<Verdict, string> = {
  right: COLOUR.right,
  wrong: COLOUR.wrong,
  unknown: COLOUR.neutral,
};

const STROKES = { right: "M-3.8 0.3 L-1.2 3 L3.9 -2.8", wrong: "M-3 -3 L3 3 M3 -3 L-3 3" };

/** A tick or a cross in a disc of radius 9 about (x, y): shape says what colour says. */
export function mark(x: number, y: number, verdict: "right" | "wrong"): string {
  return `<g transform="translate(${n(x)} ${n(y)})" data-verdict="${verdict}">` +
    `<circle r="9" fill="${VERDICT_COLOUR[verdict]}"/>` +
    `<path d="${STROKES[verdict]}" fill="none" stroke="${COLOUR.paper}" stroke-width="2" ` +
    `stroke-linecap="round" stroke-linejoin="round"/></g>`;
}

/** Edges a box on its inside. */
export function frame(x: number, y: number, width: number, height: number, colour: string): string {
  return `<rect x="${n(x + 2)}" y="${n(y + 2)}" width="${n(width - 4)}" height="${
    n(height - 4)
  }" ` +
    `fill="none" stroke="${colour}" stroke-width="4"/>`;
}

/** A bar whose filled part is the probability; empty where that is no number. */
export function probabilityBar(
  x: number,
  y: number,
  width: number,
  probability: number,
  colour: string,
): string {
  const share = Number.isFinite(probability) ? Math.min(1, Math.max(0, probability)) : 0;
  return rect(x, y, width, 5, COLOUR.track) + rect(x, y, width * share, 5, colour);
}
