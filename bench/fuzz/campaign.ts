/** Kinds in turn, each for its part of the time, case after case. */
import type { Kind, Outcome } from "./kind.ts";
import { randomOf } from "./random.ts";

export interface CampaignOptions {
  seed: number;
  /** Of all kinds together; each one at least begins. */
  seconds: number;
  /** This case alone, of each kind. */
  case?: number;
  /** Cases of a kind at most. */
  most?: number;
  /** Told of problems as they come, and of kinds that cannot be tried. */
  say: (line: string) => void;
}

/** A kind's line of the table. */
export interface Tally {
  kind: string;
  cases: number;
  /** Refused with the reader's or the command's own words. */
  refused: number;
  read: number;
  problems: Problem[];
  /** The case that took longest, in s, and which it was. */
  slowest: { seconds: number; case: number; what: string };
  /** In bytes, where it is known. */
  peak?: number;
  /** Not tried on this machine. */
  skipped?: boolean;
}

export interface Problem {
  case: number;
  what: string;
  /** Tries this case again. */
  again: string;
}

export async function campaign(kinds: readonly Kind[], options: CampaignOptions): Promise<Tally[]> {
  const shares = kinds.reduce((sum, { share }) => sum + share, 0);
  const tallies: Tally[] = [];
  for (const kind of kinds) {
    tallies.push(await attack(kind, options.seconds * kind.share / shares, options));
  }
  return tallies;
}

async function attack(kind: Kind, seconds: number, options: CampaignOptions): Promise<Tally> {
  const tally: Tally = {
    ...{ kind: kind.name, cases: 0, refused: 0, read: 0, problems: [] },
    slowest: { seconds: 0, case: 0, what: "" },
  };
  const end = performance.now() + seconds * 1000;
  await using attack = await kind.prepare(options.say);
  if (!attack) return { ...tally, skipped: true };
  const first = options.case ?? 0;
  const most = options.case === undefined ? options.most ?? Infinity : 1;
  for (let i = first; i < first + most; i++) {
    const began = performance.now();
    const outcome = await attack.run(randomOf(options.seed, kind.name, i), i)
      .catch(({ stack }: Error): Outcome => ({ verdict: "problem", what: `${stack}` }));
    count(tally, outcome, i, (performance.now() - began) / 1000, options);
    if (performance.now() > end) break;
  }
  return tally;
}

function count(
  tally: Tally,
  { verdict, what, peak }: Outcome,
  number: number,
  seconds: number,
  { seed, say }: CampaignOptions,
): void {
  tally.cases++;
  if (verdict === "problem") {
    const again = `deno task fuzz --seed ${seed} --only ${tally.kind} --case ${number}`;
    tally.problems.push({ case: number, what, again });
    say(`${again}\n  ${what}`);
  } else tally[verdict]++;
  if (seconds > tally.slowest.seconds) tally.slowest = { seconds, case: number, what };
  if (peak !== undefined) tally.peak = Math.max(tally.peak ?? 0, peak);
}
