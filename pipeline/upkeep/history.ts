/** What earlier runs left. */
import { DamageError, PipelineError, StoreError } from "../errors.ts";
import { openStore } from "../implementations.ts";
import type { RunRecord } from "../run_record.ts";
import type { Artifact, Runs, Store } from "../store.ts";

/** Every run with a record that can be read, newest first. */
export async function* recordsOf(runs: Runs): AsyncGenerator<RunRecord> {
  for (const id of await runs.ids()) {
    const record = await runs.read(id);
    if (record) yield record;
  }
}

/**
 * The artifact of `step` in the newest run that has one; undefined without any. Of its files, names
 * and sizes are checked; `assertIntact` says whether they are what was published.
 *
 * @param readFrom stores that runs took artifacts from
 * @throws {DamageError} where it is damaged: what an older run made is not what was asked for
 */
export async function latestArtifact(
  store: string,
  step: string,
  readFrom: readonly string[] = [],
): Promise<Artifact | undefined> {
  const kept = openStore(store, readFrom);
  for await (const run of recordsOf(kept.runs)) {
    const artifact = await artifactOf(kept, run, step);
    if (artifact) return artifact;
  }
}

/**
 * The artifact of `step` in one run; undefined where it made none, or `gc` removed it. Otherwise as
 * {@linkcode latestArtifact}.
 */
export async function runArtifact(
  store: string,
  run: RunRecord,
  step: string,
  readFrom: readonly string[] = [],
): Promise<Artifact | undefined> {
  return await artifactOf(openStore(store, readFrom), run, step);
}

async function artifactOf(
  kept: Store,
  { steps }: RunRecord,
  step: string,
): Promise<Artifact | undefined> {
  const record = steps.find((record) => record.step === step);
  if (!record?.key) return undefined;
  const { key, kind = step } = record;
  const { artifact, damage, elsewhere, notes } = await kept.find(kind, key);
  if (elsewhere) {
    using _notRemoved = await kept.use();
    return await elsewhere.bring();
  }
  if (damage) throw new DamageError(step, damage);
  if (!artifact && notes) throw new StoreError(notes.join("; "));
  return artifact;
}

/** Records of the runs in the store, newest first. */
export async function listRuns(store: string): Promise<RunRecord[]> {
  return await Array.fromAsync(recordsOf(openStore(store).runs));
}

/**
 * @param name a run's name or an unmistakable part of it, the name that it is pinned as, `latest`,
 *   or `latest~2`, the second before that
 * @throws {PipelineError} when this is no run, or could be several
 */
export async function findRun(store: string, name: string): Promise<RunRecord> {
  const { runs, name: root } = openStore(store);
  const ids = await runs.ids();
  const [, back] = /^latest(?:~(\d+))?$/.exec(name) ?? [undefined, undefined];
  const pinned = (await runs.pins()).get(name);
  const found = pinned !== undefined
    ? [pinned]
    : name === "latest" || back
    ? ids.slice(Number(back ?? 0)).slice(0, 1)
    : ids.filter((id) => id === name).concat(ids.filter((id) => id.includes(name))).slice(0, 2);
  const [id, other] = found;
  if (other && id !== name) {
    throw new PipelineError(`several runs could be "${name}", such as ${id} and ${other}`);
  }
  const record = id === undefined ? undefined : await runs.read(id);
  if (record) return record;
  throw new PipelineError(
    `${root} has no run "${name}"` +
      (ids.length > 0 ? `: the latest is ${ids[0]}` : ": nothing ran there yet"),
  );
}
