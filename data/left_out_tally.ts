/**
 * How many photos are left out, by reason: the same words and numbers wherever photos are read. What is
 * no file at all (a pipe, a link to nothing) is said by `describeLeftOut`.
 */
import { counted } from "./statistics/percent.ts";

/** Photos by reason: "truncated", "corrupt", … */
export type LeftOutTally = Record<string, number>;

/** Photos by ending or content that are not taken, as their name does not end as a photo's must. */
export const PASSED_OVER = "passed over for the name";

/** The kind of trouble that a refusal begins with, as "truncated" of "truncated: JPEG file ends …". */
export function reasonOf(refusal: string): string {
  const kind = refusal.split(":", 1)[0];
  return kind === "there is no such file" ? "not there" : kind;
}

/** Counts reasons; the most frequent first, then by name. */
export function tallyLeftOut(reasons: Iterable<string>): LeftOutTally {
  const counts = [...Map.groupBy(reasons, (reason) => reason)]
    .map(([reason, all]) => [reason, all.length] as const);
  return Object.fromEntries(counts.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

/** "3 photos left out (2 truncated, 1 corrupt)"; "no photo left out". */
export function describeTally(tally: LeftOutTally): string {
  const parts = Object.entries(tally);
  if (parts.length === 0) return "no photo left out";
  const all = parts.reduce((sum, [, count]) => sum + count, 0);
  const reasons = parts.map(([reason, count]) => `${count} ${reason}`);
  return `${counted(all, "photo")} left out (${reasons.join(", ")})`;
}
