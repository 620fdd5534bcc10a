/** What is kept of each run: `runs/<id>/record.json`, beside the logs of its steps. */
import type { Json } from "../declaration.ts";
import type { RunStatus, StepFailure, StepStatus } from "../events.ts";
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
  /** Its name. */
  pipeline: string;
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
    const id = runIdAt(time);
    try {
      Deno.mkdirSync(`${runs}/${id}`);
      return { id, folder: `${runs}/${id}` };
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/** The name of a run that begins at this time, in milliseconds since 1970. */
export const runIdAt = (time: number): string => new Date(time).toISOString().replaceAll(":", "-");

/** 0 for a folder that is no run's. */
const timeOf = (id: string) => Date.parse(id.replace(/T(\d\d)-(\d\d)-(\d\d)/, "T$1:$2:$3")) || 0;

export function writeRecord({ runs }: Layout, record: RunRecord): void {
  writeJson(`${runs}/${record.id}/record.json`, record, { durable: false });
}

/** Records of the runs in a store, newest first. */
export function* recordsIn(layout: Layout): Generator<RunRecord> {
  for (const id of namesIn(layout.runs).reverse()) {
    const record = readRecord(layout, id);
    if (record) yield record;
  }
}

/** Undefined when there is none, or none that can be read. */
export function readRecord({ runs }: Layout, id: string): RunRecord | undefined {
  return readJson(`${runs}/${id}/record.json`);
}
