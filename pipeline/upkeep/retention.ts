/** What of a store runs still need, and when the rest was needed last. */
import type { RunRecord } from "../run_record.ts";
import type { Runs } from "../store.ts";
import { recordsOf } from "./history.ts";

/** Of an artifact's entry or of checkpoints. */
export interface Need {
  /** A pinned run, or the newest of its pipeline that did the step, uses it: it must stay. */
  required: boolean;
  /** The newest run that used or made it; runs' names sort by time. */
  lastRun: string;
}

export class Retention {
  /** Of these nothing may go. */
  readonly #requiredRuns = new Set<string>();
  /** `step/key` of entries that must stay. */
  readonly #requiredEntries = new Set<string>();
  /** The newest run that used an entry, by `step/key`. */
  readonly #lastRuns = new Map<string, string>();
  /** Every run with a record, newest first. */
  readonly runs: string[] = [];

  private constructor() {}

  static async of(runs: Runs): Promise<Retention> {
    const retention = new Retention();
    const pinned = new Set((await runs.pins()).values());
    const steps = new Set<string>();
    for await (const record of recordsOf(runs)) {
      retention.#add(record, pinned.has(record.id), steps);
      retention.runs.push(record.id);
    }
    return retention;
  }

  /** @param latest steps of pipelines of which a newer run used an artifact */
  #add({ id, pipeline, steps }: RunRecord, pinned: boolean, latest: Set<string>): void {
    if (pinned) this.#requiredRuns.add(id);
    const here = new Set<string>();
    for (const { step, kind = step, key } of steps) {
      if (!key) continue;
      const entry = `${kind}/${key}`;
      if (!this.#lastRuns.has(entry)) this.#lastRuns.set(entry, id);
      const which = JSON.stringify([pipeline, kind]);
      here.add(which);
      if (!pinned && latest.has(which)) continue;
      this.#requiredEntries.add(entry);
      this.#requiredRuns.add(id);
    }
    for (const which of here) latest.add(which);
  }

  ofRun(run: string): Need {
    return { required: this.#requiredRuns.has(run), lastRun: run };
  }

  /** @param madeBy the run that made the artifact; it may have been killed before it noted so */
  ofEntry(step: string, key: string, madeBy: string): Need {
    const entry = `${step}/${key}`;
    const used = this.#lastRuns.get(entry) ?? "";
    return {
      required: this.#requiredEntries.has(entry),
      lastRun: used > madeBy ? used : madeBy,
    };
  }
}
