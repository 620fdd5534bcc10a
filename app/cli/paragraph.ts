/**
 * Text that no word of is broken by the terminal that it is for; elsewhere as it is.
 *
 * @param columns of that terminal; undefined where there is none
 * @param indent columns before what goes on below
 */
export async function paragraph(
  text: string,
  columns = columnsOfStdout(),
  indent = 0,
): Promise<string> {
  if (columns === undefined) return text;
  const { wrapped } = await import("./wrapped.ts"); // which is needed on terminals alone
  return text.split("\n").flatMap((line) => wrapped(line, columns, indent)).join("\n");
}

/** Some terminals say that they have none: their size was never set. */
const columnsOfStdout = () =>
  Deno.stdout.isTerminal() ? Deno.consoleSize().columns || undefined : undefined;
