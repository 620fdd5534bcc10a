import { COLOUR, FONT_FAMILY, PIXEL_RATIO, SIZE } from "./style.ts";
import { drawable } from "./text.ts";

/** A picture as a document that stands alone: photos are embedded; no ids, so many fit one page. */
export interface Picture {
  svg: string;
  /** In CSS pixels. */
  width: number;
  /** In CSS pixels. */
  height: number;
  /** Image pixels a CSS pixel when rasterised. */
  pixelRatio: number;
}

/** Text at (x, y), its baseline; long text must have been through `fitText`. */
export interface TextStyle {
  size?: number;
  weight?: 400 | 600;
  fill?: string;
  anchor?: "start" | "middle" | "end";
}

/** Encloses a picture's content; `label` is read aloud in its place. */
export function picture(
  width: number,
  height: number,
  label: string,
  content: string,
  kind: keyof typeof PIXEL_RATIO = "diagram",
): Picture {
  // Whole image pixels at either ratio; else resvg scales the picture by a little, and blurs it.
  [width, height] = [2 * Math.ceil(width / 2), 2 * Math.ceil(height / 2)];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" role="img" ` +
    `aria-label="${escapeXml(drawable(label))}" width="${n(width)}" height="${n(height)}" ` +
    `viewBox="0 0 ${n(width)} ${n(height)}" font-family="${FONT_FAMILY}">` +
    rect(0, 0, width, height, COLOUR.paper) + content + `</svg>`;
  return { svg, width, height, pixelRatio: PIXEL_RATIO[kind] };
}

/** Places content that has its own origin; what would stick out of its box is cut off. */
export function box(x: number, y: number, width: number, height: number, content: string): string {
  return `<svg x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}">${content}</svg>`;
}

export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = SIZE.label, weight = 400, fill = COLOUR.ink, anchor = "start" } = style;
  return `<text x="${n(x)}" y="${n(y)}" font-size="${n(size)}" font-weight="${weight}" ` +
    `fill="${fill}"` + (anchor === "start" ? "" : ` text-anchor="${anchor}"`) +
    `>${escapeXml(drawable(content))}</text>`;
}

export function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  radius = 0,
): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" ` +
    (radius ? `rx="${n(radius)}" ` : "") + `fill="${fill}"/>`;
}

/** A coordinate with the two decimals that a screen can show. */
export function n(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`a picture has no place for ${value}`);
  return String(Math.round(value * 100) / 100);
}

/** Makes any string safe as an element's text or an attribute's value. */
export function escapeXml(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}
