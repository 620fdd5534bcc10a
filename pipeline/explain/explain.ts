/** Why a step has to run: what differs between it as it is and its nearest earlier entry. */
import { type Change, changesBetween, describeChange } from "./changes.ts";
import type { Closure, Code } from "../code.ts";
import { shownParameters } from "../process/conceal.ts";
import type { StepDeclaration } from "../declaration.ts";
import type { Fingerprint } from "../fingerprint.ts";
import type { Lookup, Manifest, ReadableStore } from "../store.ts";

/** Beside what differs: what decides whether a step has to run. */
export type Why = "unchanged" | "changed" | "never_ran" | "forced" | "damaged";

export interface Explanation {
  why: Why;
  /** What differs from the nearest earlier entry. */
  changes: Change[];
  /** One line that says both. */
  reason: string;
  /** The earlier entry that differs least. */
  nearest?: { key: string; run: string; made: string; seconds: number };
}

/** Why a step with this artifact need not run; tells of edits that its key does not see. */
export function whyCached({ texts: before }: Manifest, { texts }: Closure): string {
  const edited = Object.keys(texts).filter((name) => texts[name] !== before[name]);
  return edited.length === 0
    ? "nothing changed"
    : `nothing changed but comments or formatting of ${inShort(edited, ", ")}`;
}

/** The first few, and how many more there are. */
function inShort(all: readonly string[], separator: string): string {
  const more = all.length - SHOWN_CHANGES;
  return all.slice(0, SHOWN_CHANGES).join(separator) +
    (more > 0 ? `${separator}and ${more} more` : "");
}

/** Why a step that has no earlier entry has to run. */
export function whyNew(forced: boolean): Explanation {
  return explanationOf(forced ? "forced" : "never_ran", []);
}

function explanationOf(why: Why, changes: Change[], damage?: string): Explanation {
  return { why, changes, reason: reasonOf(why, changes, damage) };
}

function reasonOf(why: Why, changes: readonly Change[], damage?: string): string {
  if (why === "damaged") return `its artifact is damaged: ${damage}`;
  if (why === "never_ran") return "it never ran";
  if (why === "forced") return "forced";
  return inShort(changes.map(describeChange), "; ") || "its key is made in another way now";
}

/** How many entries of a step are compared, newest first. */
const COMPARED_ENTRIES = 30;
const SHOWN_CHANGES = 3;

export interface Question {
  step: StepDeclaration;
  /** Of a step that is not simply taken from the store. */
  fingerprint: Fingerprint;
  closure: Closure;
  /** What the store said. */
  lookup: Lookup;
  forced: boolean;
  /** The run that asks: what its other steps of the kind made is nothing earlier. */
  run?: string;
}

/** Explains why a step has to run, and counts in changed files how much of them changed. */
export async function explain(
  { step, fingerprint, closure, lookup: { damage }, forced, run }: Question,
  store: ReadableStore,
  code: Code,
): Promise<Explanation> {
  const manifests = await store.manifests(fingerprint.step, COMPARED_ENTRIES);
  const [compared] = manifests
    .filter(({ made }) => made.run !== run)
    .map(({ fingerprint: before, key, made }) => (
      {
        nearest: { key, run: made.run, made: made.at, seconds: made.seconds },
        changes: changesBetween(
          { ...before, parameters: shownParameters(step, before.parameters) },
          fingerprint,
        ),
      }
    ))
    .sort((a, b) => a.changes.length - b.changes.length);
  if (!compared) {
    return damage === undefined ? whyNew(forced) : explanationOf("damaged", [], damage);
  }
  const { nearest } = compared;
  const changes = await code.countLines(compared.changes, closure);
  const why = damage !== undefined ? "damaged" : forced ? "forced" : "changed";
  return { ...explanationOf(why, changes, damage), nearest };
}
