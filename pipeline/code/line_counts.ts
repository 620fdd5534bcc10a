/** By how many lines two texts differ. */
import { diff } from "node:util";
import type { LineCounts } from "../explain/changes.ts";

/** Beyond so many lines that may differ, finding out which do takes seconds and much memory. */
const MOST_LINES = 4000;

/** Lines by which two texts differ; of very different large ones, all lines between their ends. */
export function countLines(before: string, after: string): LineCounts {
  let [old, now] = [before.split("\n"), after.split("\n")];
  const shorter = Math.min(old.length, now.length);
  let start = 0, end = 0;
  while (start < shorter && old[start] === now[start]) start++;
  while (end < shorter - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  [old, now] = [old, now].map((lines) => lines.slice(start, lines.length - end));
  const [removed, added] = [old.length, now.length];
  if (added === 0 || removed === 0 || added + removed > MOST_LINES) return { added, removed };
  // To node, 1 is a line that only the first has.
  const marks = diff(old, now).map(([mark]) => mark);
  return {
    added: marks.filter((mark) => mark === -1).length,
    removed: marks.filter((mark) => mark === 1).length,
  };
}
