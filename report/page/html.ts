import { escapeXml } from "../svg.ts";
import { visible } from "../text.ts";

/** A piece of a page, well-formed: what is put into a template as it is. */
export class Html {
  constructor(readonly source: string) {}
}

type Content = Html | string | number | undefined | readonly Content[];

/**
 * A template whose values are text: markup in them is shown, not obeyed, between tags and in quoted
 * attributes alike. Pieces of HTML stay what they are, lists are joined, undefined is nothing.
 */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(
    strings.map((part, i) => part + (i < values.length ? sourceOf(values[i]) : "")).join(""),
  );
}

function sourceOf(value: Content): string {
  if (value === undefined) return "";
  if (value instanceof Html) return value.source;
  if (typeof value === "object") return value.map(sourceOf).join("");
  return escapeXml(visible(String(value)));
}
