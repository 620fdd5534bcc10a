/** What differs between two runs, and what came of it. */
import type { Json } from "../digest.ts";
import type { Fingerprint } from "../fingerprint.ts";
import { openStore } from "../implementations.ts";
import type { RunRecord, StepRecord } from "../run_record.ts";
import { type Change, changesBetween, parameterChanges } from "./changes.ts";
import { flatten } from "./flatten.ts";

export interface StepComparison {
  step: string;
  /** Absent: both runs have it. */
  only?: "before" | "after";
  /** From what the first run's artifact was made of to the second's. */
  changes: Change[];
  /** Numbers of the step's result that differ. */
  figures: Figure[];
}

export interface Figure {
  name: string;
  before?: number;
  after?: number;
}

/**
 * Compares two runs step by step, in the order of the second.
 *
 * @param readFrom stores that the runs took artifacts from
 * @returns steps that differ in anything
 */
export async function compareRuns(
  store: string,
  before: RunRecord,
  after: RunRecord,
  readFrom: readonly string[] = [],
): Promise<StepComparison[]> {
  const kept = openStore(store, readFrom);
  const fingerprintOf = async (
    { step, kind = step, key }: StepRecord,
  ): Promise<Fingerprint | undefined> => {
    const { artifact, elsewhere } = key === undefined ? {} : await kept.find(kind, key);
    return (artifact ?? elsewhere)?.manifest.fingerprint;
  };
  const earlier = new Map(before.steps.map((record) => [record.step, record]));
  const later = new Set(after.steps.map(({ step }) => step));
  const gone = before.steps.filter(({ step }) => !later.has(step));
  const only = (which: "before" | "after") => ({ step }: StepRecord): StepComparison => ({
    step,
    only: which,
    changes: [],
    figures: [],
  });
  const compared: StepComparison[] = [];
  for (const now of after.steps) {
    const then = earlier.get(now.step);
    if (!then) {
      compared.push(only("after")(now));
      continue;
    }
    const [old, current] = [await fingerprintOf(then), await fingerprintOf(now)];
    compared.push({
      step: now.step,
      changes: old && current
        ? changesBetween(old, current)
        // Artifacts may be gone; parameters stand in the runs' records.
        : parameterChanges(before.parameters[now.step], after.parameters[now.step]),
      figures: figuresBetween(then.result, now.result),
    });
  }
  return [...gone.map(only("before")), ...compared]
    .filter(({ only, changes, figures }) => only || changes.length > 0 || figures.length > 0);
}

function figuresBetween(before: Json | undefined, after: Json | undefined): Figure[] {
  const [old, now] = [numbersIn(before), numbersIn(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((name) => old[name] !== now[name])
    .map((name) => ({ name, before: old[name], after: now[name] }));
}

function numbersIn(result: Json = null): Record<string, number> {
  const leaves = Object.entries(flatten(result));
  return Object.fromEntries(
    leaves.filter((leaf): leaf is [string, number] => typeof leaf[1] === "number"),
  );
}
