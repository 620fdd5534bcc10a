import { COLOUR, MARGIN, SIZE } from "./style.ts";
import { text } from "./svg.ts";
import { fitText } from "./text.ts";

/** Height that `heading` takes below the margin, the blank after it included, in CSS pixels. */
export const HEADING = 62;

/** What a picture is, and below it what there is to see in it. */
export function heading(width: number, title: string, remark: string): string {
  const room = width - 2 * MARGIN;
  return text(MARGIN, MARGIN + 16, fitText(title, SIZE.title, room), {
    size: SIZE.title,
    weight: 600,
  }) +
    text(MARGIN, MARGIN + 38, fitText(remark, SIZE.remark, room), {
      size: SIZE.remark,
      fill: COLOUR.muted,
    });
}
