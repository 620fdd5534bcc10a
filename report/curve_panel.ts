import { type Axis, isDrawable, wholeTicks } from "./axis.ts";
import { COLOUR, SIZE } from "./style.ts";
import { line, n, text } from "./svg.ts";
import { textWidth } from "./text.ts";

/** One quantity of one branch over the epochs. */
export interface Curve {
  /** Names the curve in the document: `0 val loss`, the branch by its number. */
  label: string;
  colour: string;
  /** Training curves are thin and dashed. */
  split: "train" | "val";
  points: { epoch: number; value: number }[];
  /** The epoch that was kept, if there is one. */
  best?: number;
}

/** A change of the learning rate: `epoch` is the first that it held for. */
export interface RateDrop {
  epoch: number;
  text: string;
}

/** One quantity over the epochs. */
export interface Panel {
  title: string;
  /** Upper left corner of the plot, inside the axes, and its size; in CSS pixels. */
  frame: { x: number; y: number; width: number; height: number };
  /** First and last epoch. */
  epochs: [first: number, last: number];
  axis: Axis;
  /** How a tick of the axis reads. */
  format: (value: number) => string;
  curves: Curve[];
  drops: RateDrop[];
}

/** Room left of a plot for what its axis reads. */
export const AXIS_ROOM = 48;

/** Up to so many epochs each gets a dot. */
const DOTTED = 40;

export function drawPanel(panel: Panel): string {
  const { frame, axis, title, format, epochs: [first, last], curves } = panel;
  const { x, y, width, height } = frame;
  // Half an epoch of air on both sides, so that a single epoch stands in the middle.
  const across = (epoch: number) => x + (epoch - first + 0.5) / (last - first + 1) * width;
  const up = (value: number) => y + height - (value - axis.low) / (axis.high - axis.low) * height;
  const finite = curves.some(({ points }) => points.some(({ value }) => isDrawable(value)));
  return text(x - AXIS_ROOM, y - 38, title, { size: SIZE.heading, weight: 600 }) +
    axis.ticks.map((tick) =>
      line([x, up(tick)], [x + width, up(tick)], COLOUR.hairline) +
      text(x - 10, up(tick) + 4, format(tick), { fill: COLOUR.muted, anchor: "end" })
    ).join("") +
    wholeTicks(first, last, 9).map((epoch) =>
      text(across(epoch), y + height + 20, String(epoch), { fill: COLOUR.muted, anchor: "middle" })
    ).join("") +
    text(x + width / 2, y + height + 42, "epoch", { fill: COLOUR.muted, anchor: "middle" }) +
    drawDrops(panel, across) +
    // Training curves first, so that the validation curves lie above them.
    curves.filter(({ split }) => split === "train").map(draw).join("") +
    curves.filter(({ split }) => split === "val").map(draw).join("") +
    (finite ? "" : text(x + width / 2, y + height / 2 + 4, "no finite values", {
      fill: COLOUR.muted,
      anchor: "middle",
    }));

  function draw(curve: Curve): string {
    return drawCurve(curve, across, up);
  }
}

function drawCurve(
  { label, colour, split, points, best }: Curve,
  across: (epoch: number) => number,
  up: (value: number) => number,
): string {
  const stroke = split === "val" ? 2.25 : 1.5;
  const dash = split === "val" ? "" : ` stroke-dasharray="5 4"`;
  let path = "";
  let dots = "";
  let pen = "M";
  points.forEach(({ epoch, value }, i) => {
    if (!isDrawable(value)) {
      pen = "M";
      return;
    }
    const place = `${n(across(epoch))} ${n(up(value))}`;
    path += `${pen}${place}`;
    pen = "L";
    const alone = !isDrawable(points[i - 1]?.value) && !isDrawable(points[i + 1]?.value);
    if (alone || (split === "val" && points.length <= DOTTED)) {
      dots += dot(across(epoch), up(value), split === "val" ? 3 : 2.5, colour);
    }
  });
  const kept = points.find(({ epoch, value }) => epoch === best && isDrawable(value));
  const ring = kept === undefined ? "" : ringAt(across(kept.epoch), up(kept.value), colour);
  return `<g data-curve="${label}">` +
    `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${stroke}"${dash} ` +
    `stroke-linejoin="round" stroke-linecap="round"/>${dots}${ring}</g>`;
}

const dot = (x: number, y: number, radius: number, colour: string) =>
  `<circle cx="${n(x)}" cy="${n(y)}" r="${radius}" fill="${colour}"/>`;

const ringAt = (x: number, y: number, colour: string) =>
  `<circle data-best="" cx="${n(x)}" cy="${n(y)}" r="7" fill="${COLOUR.paper}" ` +
  `stroke="${colour}" stroke-width="2.25"/>` + dot(x, y, 3, colour);

/** Upright lines where the learning rate changes; those without room for their text go without. */
function drawDrops(
  { frame: { x, y, width, height }, drops }: Panel,
  across: (epoch: number) => number,
): string {
  let free = x;
  return drops.map((drop) => {
    const at = across(drop.epoch - 0.5);
    const wide = textWidth(drop.text, SIZE.label);
    const left = Math.min(at - wide / 2, x + width - wide);
    const fits = left >= free;
    if (fits) free = left + wide + 12;
    return line([at, y - 4], [at, y + height], COLOUR.faint, { dash: "2 4" }) +
      (fits ? text(left, y - 12, drop.text, { fill: COLOUR.muted }) : "");
  }).join("");
}
