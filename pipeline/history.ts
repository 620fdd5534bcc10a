import type { Json } from "./declaration.ts";
import type { RunRecord } from "./run_record.ts";

export interface Artifact {
  step: string;
  key: string;
  /** The folder with the step's outputs. */
  path: string;
  /** What the step reported. */
  result?: Json;
}

/** The artifact of `step` in the newest run that has one; undefined when there is none. */
export function latestArtifact(_store: string, _step: string): Promise<Artifact | undefined> {
  throw new Error("under construction");
}

/** Records of the runs in the store, newest first. */
export function listRuns(_store: string): Promise<RunRecord[]> {
  throw new Error("under construction");
}
