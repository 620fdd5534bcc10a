/**
 * What is used of csv-parse, whose own types bring Node's, which contradict those of Deno in files that
 * have nothing to do with it.
 */

/** Records with where they end, as `info: true` asks for. */
export function parse(
  text: string,
  options: {
    delimiter: string;
    /** The last record to be read; all for -1. */
    to: number;
    info: true;
    relax_column_count: boolean;
    skip_empty_lines: boolean;
    skip_records_with_empty_values: boolean;
  },
): { record: string[]; info: { lines: number } }[];

/** What is wrong with a table. */
export class CsvError extends Error {}
