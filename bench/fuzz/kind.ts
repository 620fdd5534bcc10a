/** What a kind of attack is, and what comes of a case of it. */
import type { Random } from "./random.ts";

export interface Outcome {
  /** A problem is anything but a right answer or a refusal that names its reason. */
  verdict: "read" | "refused" | "problem";
  /** What was tried, and of a problem what came of it. */
  what: string;
  /** The largest that a process under attack became, in bytes, where that is known. */
  peak?: number;
}

/** A kind that is ready: it may hold processes and folders, which end with it. */
export interface Attack extends AsyncDisposable {
  /** @param number of the case; `random` is its own */
  run(random: Random, number: number): Promise<Outcome>;
}

export interface Kind {
  name: string;
  /** Its part of the campaign's time, beside those of the others. */
  share: number;
  /** Undefined where this machine cannot try it: `say` has told why. */
  prepare(say: (line: string) => void): Promise<Attack | undefined>;
}

/** A folder for one attack, or one case of it. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = Deno.makeTempDirSync({ prefix: "graft_fuzz_" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}
