/** What a campaign prints. */
import type { Tally } from "./campaign.ts";

const HEADS = ["kind", "cases", "refused by name", "read", "problems", "slowest s", "peak MiB"];

export function table(tallies: readonly Tally[]): string {
  const rows = [HEADS, ...tallies.map(rowOf)];
  const widths = HEADS.map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
  ).join("\n");
}

function rowOf(tally: Tally): string[] {
  if (tally.skipped) return [tally.kind, "skipped", "", "", "", "", ""];
  const { kind, cases, refused, read, problems, slowest, peak } = tally;
  const counts = [cases, refused, read, problems.length].map(String);
  const memory = peak === undefined ? "" : String(Math.round(peak / 2 ** 20));
  return [kind, ...counts, slowest.seconds.toFixed(1), memory];
}

/** "90s", "2m", "2h", "30" as seconds; undefined of anything else. */
export function secondsOf(text: string): number | undefined {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * { s: 1, m: 60, h: 3600 }[unit]!;
}
