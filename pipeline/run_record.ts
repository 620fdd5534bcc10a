/** What is kept of each run: `runs/<id>/record.json`, beside the logs of its steps. */
import type { Json } from "./declaration.ts";
import type { RunStatus, StepFailure, StepStatus } from "./events.ts";
import { readJson, writeJson } from "./json_file.ts";
import { type Layout, namesIn } from "./layout.ts";

export interface StepRecord {
  step: string;
  /** Where it is not the step's name. */
  kind?: string;
  status: StepStatus;
  reason: string;
  seconds: number;
  /** Of the artifact, for steps that ran or were cached. */
  key?: string;
  /** The artifact's folder. */
  artifact?: string;
  result?: Json;
  error?: StepFailure;
}

export interface RunRecord {
  /** Sorts by time. */
  id: string;
  /** "running" in the record of a run that is not over, or was killed. */
  status: RunStatus | "running";
  /** ISO 8601. */
  started: string;
  seconds: number;
  targets: string[];
  /** As validated, by step. */
  parameters: Record<string, Json>;
  /** In the order in which they ended. */
  steps: StepRecord[];
}

/** Makes the folder of a new run; its name is unique and sorts after all others, whatever the clock. */
export function createRunFolder(
  { runs }: Layout,
  now = Date.now(),
): { id: string; folder: string } {
  const newest = namesIn(runs).at(-1);
  let time = newest ? Math.max(now, timeOf(newest) + 1) : now;
  for (;; time++) {
    const id = new Date(time).toISOString().replaceAll(":", "-");
    try {
      Deno.mkdirSync(`${runs}/${id}`);
      return { id, folder: `${runs}/${id}` };
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/** 0 for a folder that is no run's. */
const timeOf = (id: string) => Date.parse(id.replace(/T(\d\d)-(\d\d)-(\d\d)/, "T$1:$2:$3")) || 0;

export function writeRecord({ runs }: Layout, record: RunRecord): void {
  writeJson(`${runs}/${record.id}/record.json`, record, { durable: false });
}

/** Records of the runs in a store, newest first. */
export function* recordsIn({ runs }: Layout): Generator<RunRecord> {
  for (const id of namesIn(runs).reverse()) {
    const record = readJson<RunRecord>(`${runs}/${id}/record.json`);
    if (record) yield record;
  }
}
