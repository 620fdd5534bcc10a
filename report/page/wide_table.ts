import { type Html, html } from "./html.ts";

/**
 * A table that may be wider than a phone: it scrolls in its own frame, whose edge is shaded while
 * there is more to see, and which the keyboard reaches.
 * @param name says aloud what the table is of
 */
export function wideTable(name: string, rows: Html): Html {
  return html`
    <div class="wide" role="region" aria-label="${name}" tabindex="0">
      <table>${rows}</table>
    </div>
  `;
}
