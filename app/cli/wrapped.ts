import wrapAnsi from "wrap-ansi";

/**
 * A line as a terminal of so many columns has room for it: where it is longer, it goes on below,
 * indented. Nothing of it is cut.
 *
 * @param indent columns before what goes on
 */
export function wrapped(line: string, columns: number, indent: number): string[] {
  // The last column stays free: some terminals break a line that fills it.
  const room = columns - 1;
  const fits = wrapAnsi(line, room, { hard: true, trim: false }).split("\n");
  if (fits.length === 1) return fits;
  if (indent > room / 2) return fits.map((part) => part.trimEnd());
  const [first] = fits;
  const rest = line.slice(first.length).trimStart();
  const below = wrapAnsi(rest, room - indent, { hard: true }).split("\n");
  return [first.trimEnd(), ...below.map((part) => " ".repeat(indent) + part)];
}

/**
 * Text that no word of is broken by the terminal that it is for; elsewhere as it is.
 *
 * @param columns of that terminal; undefined where there is none
 */
export function paragraph(text: string, columns = columnsOfStdout()): string {
  return columns === undefined ? text : wrapped(text, columns, 0).join("\n");
}

/** Some terminals say that they have none: their size was never set. */
const columnsOfStdout = () =>
  Deno.stdout.isTerminal() ? Deno.consoleSize().columns || undefined : undefined;

/** Cut where it is too long for `columns`, and said to be so by an ellipsis. */
export function shortened(text: string, columns: number): string {
  const lines = (room: number) => wrapAnsi(text, room, { hard: true, trim: false }).split("\n");
  if (columns < 2) return "";
  return lines(columns).length === 1 ? text : `${lines(columns - 1)[0].trimEnd()}…`;
}
