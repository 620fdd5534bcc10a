import type { Part } from "../dataset_index.ts";
import type { Examined } from "../examined.ts";
import { compareCodePoints } from "../image_folder.ts";

/** Photos of a class, by what the pipeline will use them for. */
export interface ClassCounts {
  /** Absent for files in no class. */
  className?: string;
  train: number;
  val: number;
  test: number;
  /** Of files that give no photo, or belong to no class. */
  leftOut: number;
}

/**
 * @param parts by path, where photos will be put that the source puts nowhere
 * @returns a row a class, by name; last the files in no class, where there are such
 */
export function classTable(
  files: readonly Examined[],
  parts?: ReadonlyMap<string, Part>,
): ClassCounts[] {
  const rows = new Map<string | undefined, ClassCounts>();
  for (const { path, split, className, photo } of files) {
    const row = rows.get(className) ??
      { ...(className !== undefined && { className }), train: 0, val: 0, test: 0, leftOut: 0 };
    rows.set(className, row);
    if (!photo || className === undefined) row.leftOut++;
    else row[split ?? parts?.get(path) ?? "train"]++;
  }
  return [...rows.values()].sort((a, b) =>
    a.className === undefined || b.className === undefined
      ? +(a.className === undefined) - +(b.className === undefined)
      : compareCodePoints(a.className, b.className)
  );
}
