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

/** Cut where it is too long for `columns`, and said to be so by an ellipsis. */
export function shortened(text: string, columns: number): string {
  const lines = (room: number) => wrapAnsi(text, room, { hard: true, trim: false }).split("\n");
  if (columns < 2) return "";
  return lines(columns).length === 1 ? text : `${lines(columns - 1)[0].trimEnd()}…`;
}
