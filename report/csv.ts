import { printable } from "./text.ts";

/** Beginnings that spreadsheets take for a formula's, also in their full width. */
const FORMULA = /^[=+\-@＝＋－＠\t\r\n]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Cells as a line of CSV, RFC 4180: quoted where they must be. Names come from anywhere, so a cell
 * that a spreadsheet would run gets an apostrophe in front of it, which spreadsheets do not show, and
 * what a terminal would obey is replaced (`printable`).
 *
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvLine(cells: readonly (string | number)[]): string {
  return cells.map((cell) => {
    const text = String(cell);
    const inert = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
    const safe = inert.replace(/[^\n\t]+/g, (part) => printable(part));
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }).join(",");
}
