/** Lists of labels: a table (CSV, TSV) or JSON that says of each photo what it shows. */
// @ts-types="./csv_parse.d.ts"
import { CsvError, parse } from "csv-parse/sync";
import { decodeText } from "./decode_text.ts";

/** What a list says of one photo. */
export interface LabelLine {
  /** As written. */
  file: string;
  /** Trimmed; empty where the photo has none. */
  label: string;
  /** Which part it is for, as written; empty where the line does not say. */
  split?: string;
  /** Where it stands, for messages: "line 3". */
  at: string;
}

/** Names of columns (and of JSON's properties), in any case. */
const FILE = ["path", "file", "filename", "file_name", "filepath", "file_path", "image"];
const LABEL = ["label", "class", "class_name"];
const SPLIT = ["split"];

/** Whether a file of that name may be a list of labels. */
export function isListName(name: string): boolean {
  return /\.(csv|tsv|json)$/i.test(name);
}

/**
 * The lines of a list of labels; undefined where the file is another table or JSON:
 * - a table with a header, separated by commas, semicolons or tabs, with a column `path`, `file`,
 *   `filename` or `image` and one `label` or `class`; one `split` may be there;
 * - JSON: `{"1.jpg": "ant", …}`, or a list of objects with the properties of those names.
 *
 * @param name decides whether it is JSON
 * @throws {Error} whose message goes on after the file's name, where the file is damaged
 */
export function parseLabelList(bytes: Uint8Array, name: string): LabelLine[] | undefined {
  let text: string;
  try {
    text = decodeText(bytes);
  } catch {
    throw new Error("is no text in UTF-8 or UTF-16: save it as CSV UTF-8");
  }
  return /\.json$/i.test(name) ? linesOfJson(text) : linesOfTable(text);
}

function linesOfTable(text: string): LabelLine[] | undefined {
  for (const delimiter of [",", ";", "\t"]) {
    const [header] = records(text, delimiter, 1);
    const columns = header && columnsOf(header.record);
    if (!columns) continue;
    return records(text, delimiter).slice(1).map(({ record, line }) => ({
      file: record[columns.file] ?? "",
      label: record[columns.label]?.trim() ?? "",
      ...(columns.split >= 0 && { split: record[columns.split]?.trim() ?? "" }),
      at: `line ${line}`,
    }));
  }
}

/** @param most how many are read; all by default */
function records(text: string, delimiter: string, most = -1): { record: string[]; line: number }[] {
  try {
    const found = parse(text, {
      delimiter,
      to: most,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    });
    return found.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (most === 1) return []; // another separator may fit
    throw new Error(`is damaged (${error.message}): correct it, or save it again as CSV`);
  }
}

/** Which columns say what; undefined where they do not say both. */
function columnsOf(
  header: readonly string[],
): { file: number; label: number; split: number } | undefined {
  const names = header.map((name) => name.trim().toLowerCase());
  const find = (wanted: readonly string[]) => names.findIndex((name) => wanted.includes(name));
  const file = find(FILE), label = find(LABEL), split = find(SPLIT);
  return file < 0 || label < 0 ? undefined : { file, label, split };
}

function linesOfJson(text: string): LabelLine[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`is no whole JSON (${(error as Error).message}): correct it`);
  }
  if (typeof json !== "object" || json === null) return undefined;
  if (Array.isArray(json)) return linesOfObjects(json);
  const entries = Object.entries(json);
  if (!entries.every(([, label]) => isLabel(label))) return undefined;
  return entries.map(([file, label]) => ({
    file,
    label: String(label ?? "").trim(),
    at: `the entry ${JSON.stringify(file)}`,
  }));
}

function linesOfObjects(list: readonly unknown[]): LabelLine[] | undefined {
  const lines: LabelLine[] = [];
  for (const [i, item] of list.entries()) {
    if (typeof item !== "object" || item === null) return undefined;
    const keys = Object.keys(item), values = Object.values(item) as unknown[];
    const columns = columnsOf(keys);
    if (!columns) return undefined;
    const file = values[columns.file], label = values[columns.label];
    const split = columns.split < 0 ? undefined : values[columns.split];
    if (typeof file !== "string" || !isLabel(label) || !isLabel(split ?? null)) return undefined;
    lines.push({
      file,
      label: String(label ?? "").trim(),
      ...(columns.split >= 0 && { split: String(split ?? "").trim() }),
      at: `entry ${i + 1}`,
    });
  }
  return lines;
}

/** Null is none. */
const isLabel = (value: unknown) =>
  value === null || typeof value === "string" || typeof value === "number" ||
  typeof value === "boolean";
