/** Where the fields of a record lie. */
import type { Field, Fields } from "./field.ts";
import { RECORDS } from "./records.ts";

export interface PlacedField extends Field {
  name: string;
  /** Its first word, counted from the record's. */
  word: number;
}

/** @throws {Error} where a double would lie at an odd word, which AssemblyScript would shift */
export function place(fields: Fields): PlacedField[] {
  let word = 0;
  return Object.entries(fields).map(([name, field]) => {
    if (field.type === "f64" && word % 2 !== 0) {
      throw new Error(`${name} is a double at an odd word`);
    }
    const placed = { ...field, name, word };
    word += wordsIn(field);
    return placed;
  });
}

export function wordsOf(fields: Fields): number {
  return Object.values(fields).reduce((sum, field) => sum + wordsIn(field), 0);
}

export function isRecord({ type }: Field): boolean {
  return type in RECORDS;
}

function wordsIn(field: Field): number {
  if (isRecord(field)) return wordsOf(RECORDS[field.type].fields);
  return field.type === "f64" ? 2 : 1;
}
