import { drawable, fitText, textWidth } from "./text.ts";

/** Shortens a path to at most `width` by leaving out its first folders; at last within its name. */
export function fitPath(path: string, size: number, width: number): string {
  const parts = drawable(path).split(/[/\\]/);
  for (let from = 0; from < parts.length; from++) {
    const shown = (from > 0 ? "…/" : "") + parts.slice(from).join("/");
    if (textWidth(shown, size) <= width) return shown;
  }
  return fitText(parts.at(-1)!, size, width);
}
