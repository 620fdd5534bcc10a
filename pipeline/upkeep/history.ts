/** What earlier runs left. */
import { PipelineError } from "../errors.ts";
import { FileStore } from "../store/file_store.ts";
import { Layout, namesIn } from "../store/layout.ts";
import { pinsIn } from "./pins.ts";
import { readRecord, recordsIn, type RunRecord } from "../store/run_record.ts";
import type { Artifact } from "../store.ts";

/**
 * The artifact of `step` in the newest run that has one that is whole; undefined without any.
 *
 * @param readFrom stores that runs took artifacts from
 */
export function latestArtifact(
  store: string,
  step: string,
  readFrom: readonly string[] = [],
): Artifact | undefined {
  const stores = [store, ...readFrom].map((root) => new FileStore(new Layout(root)));
  for (const { steps } of recordsIn(new Layout(store))) {
    const record = steps.find((record) => record.step === step);
    if (!record?.key) continue;
    const { key, kind = step } = record;
    const found = stores.map((files) => files.find(kind, key).artifact).find(Boolean);
    if (found) return found;
  }
}

/** Records of the runs in the store, newest first. */
export function listRuns(store: string): RunRecord[] {
  return [...recordsIn(new Layout(store))];
}

/**
 * @param name a run's name or an unmistakable part of it, the name that it is pinned as, `latest`,
 *   or `latest~2`, the second before that
 * @throws {PipelineError} when this is no run, or could be several
 */
export function findRun(store: string, name: string): RunRecord {
  const layout = new Layout(store);
  const ids = namesIn(layout.runs).reverse();
  const [, back] = /^latest(?:~(\d+))?$/.exec(name) ?? [undefined, undefined];
  const pinned = pinsIn(layout).get(name);
  const found = pinned !== undefined
    ? [pinned]
    : name === "latest" || back
    ? ids.slice(Number(back ?? 0)).slice(0, 1)
    : ids.filter((id) => id === name).concat(ids.filter((id) => id.includes(name))).slice(0, 2);
  const [id, other] = found;
  if (other && id !== name) {
    throw new PipelineError(`several runs could be "${name}", such as ${id} and ${other}`);
  }
  const record = id === undefined ? undefined : readRecord(layout, id);
  if (record) return record;
  throw new PipelineError(
    `${layout.root} has no run "${name}"` +
      (ids.length > 0 ? `: the latest is ${ids[0]}` : ": nothing ran there yet"),
  );
}
