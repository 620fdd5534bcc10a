/** Labels in a text file: a photo a line. */

/**
 * The fields of each line, separated by white space, or by commas or tabs where a line has any.
 * Empty lines and comments (`#`) are passed over.
 *
 * @param fields how many each line must have
 * @throws {Error} which names the line that has another number
 *
 * @example
 * ```ts
 * parseLabels("images/a.png  1.0  mono\n", 3, "labels.csv"); // [["images/a.png", "1.0", "mono"]]
 * ```
 */
export function parseLabels(text: string, fields: number, what: string): string[][] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const separator = trimmed.includes(",") ? "," : trimmed.includes("\t") ? "\t" : /\s+/;
    const row = trimmed.split(separator).map((field) => field.trim());
    if (row.length === fields) return [row];
    throw new Error(
      `${what}, line ${i + 1}: ${row.length} fields instead of ${fields}: ${trimmed}`,
    );
  });
}
