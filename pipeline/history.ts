/** What earlier runs left. */
import { FileStore } from "./file_store.ts";
import { Layout } from "./layout.ts";
import { recordsIn, type RunRecord } from "./run_record.ts";
import type { Artifact } from "./store.ts";

/** The artifact of `step` in the newest run that has one that is whole; undefined without any. */
export function latestArtifact(store: string, step: string): Artifact | undefined {
  const layout = new Layout(store);
  const files = new FileStore(layout);
  for (const { steps } of recordsIn(layout)) {
    const key = steps.find((record) => record.step === step)?.key;
    const artifact = key && files.find(step, key).artifact;
    if (artifact) return artifact;
  }
}

/** Records of the runs in the store, newest first. */
export function listRuns(store: string): RunRecord[] {
  return [...recordsIn(new Layout(store))];
}
