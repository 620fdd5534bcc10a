/** Why a step has to run: what differs between it as it is and its nearest earlier entry. */
import { type Change, changesBetween, describeChange } from "./changes.ts";
import type { Closure } from "../code/closure.ts";
import type { Fingerprint } from "../fingerprint.ts";
import type { Lookup, Manifest, Store } from "../store.ts";

export interface Explanation {
  /** One line. */
  reason: string;
  changes: Change[];
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

/** Why a step has to run, whatever differs. */
export const whyNew = (forced: boolean): string => forced ? "forced" : "it never ran";

/** How many entries of a step are compared, newest first. */
const COMPARED_ENTRIES = 30;
const SHOWN_CHANGES = 3;

/**
 * Explains why a step with this fingerprint is not simply taken from the store.
 *
 * @param count adds to changed files how much of them changed
 */
export function explain(
  fingerprint: Fingerprint,
  store: Store,
  { damage }: Lookup,
  forced: boolean,
  count: (changes: Change[]) => Change[],
): Explanation {
  const compared = store.manifests(fingerprint.step, COMPARED_ENTRIES)
    .map(({ fingerprint: before, key, made }) => (
      {
        nearest: { key, run: made.run, made: made.at, seconds: made.seconds },
        changes: changesBetween(before, fingerprint),
      }
    ))
    .sort((a, b) => a.changes.length - b.changes.length);
  const { nearest, changes: differences } = compared[0] ?? { changes: [] };
  const changes = count(differences);
  if (damage) return { reason: `its artifact is damaged: ${damage}`, changes, nearest };
  if (forced || !nearest) return { reason: whyNew(forced), changes, nearest };
  return { reason: inShort(changes.map(describeChange), "; "), changes, nearest };
}
