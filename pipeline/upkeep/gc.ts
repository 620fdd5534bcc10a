/** Removes what nothing needs any more. */
import { inStore, StoreError } from "../errors.ts";
import { openStore } from "../implementations.ts";
import { runIdAt } from "../run_record.ts";
import type { Manifest, Store } from "../store.ts";
import type { Holding } from "./holding.ts";
import { type Need, Retention } from "./retention.ts";

/** As long as a cluster may let a job wait, and run. */
const LONGEST_JOB_MS = 30 * 86_400_000;

export interface GcOptions {
  /** Only say what would go. */
  dryRun?: boolean;
  /** Keep what this many of the newest runs used or made; 10 when no limit at all is given. */
  keepRuns?: number;
  /** Seconds: keep what was used or made since, and the records and logs of these runs. */
  maxAge?: number;
  /** Bytes that artifacts, checkpoints and items may take up: what was used longest ago goes first. */
  maxSize?: number;
}

export interface Garbage {
  path: string;
  what: Holding["what"];
  bytes: number;
}

/**
 * Removes drafts of killed runs, and what lies beyond the limits of artifacts, of checkpoints that
 * steps could go on from, of results of single items, and of runs' records; and what a cluster's jobs
 * left and nobody took up in a month. Whatever the limits, what the latest run of each
 * step of each pipeline used stays, and all that pinned runs used.
 *
 * @returns what went, or would go
 * @throws {StoreError} while a run uses the store
 */
export async function gc(store: string, options: GcOptions = {}): Promise<Garbage[]> {
  const kept = openStore(store);
  if (!await kept.upkeep.exists()) return [];
  return await inStore(kept.name, async () => {
    using alone = await kept.upkeep.useAlone();
    if (!alone) {
      throw new StoreError(`a run uses the store ${kept.name}: try again when it is over`);
    }
    const garbage = (await findGarbage(kept, options))
      .map(({ path, what, bytes }) => ({ path, what, bytes }));
    // In this order: at no moment does a manifest promise what is gone.
    if (!options.dryRun) { for (const { path } of garbage) await kept.upkeep.remove(path); }
    return garbage;
  });
}

/** Of what several manifests may share: what is known of its use. */
interface Use extends Need {
  holding: Holding;
  /** Manifests that describe it. */
  manifests: string[];
}

async function findGarbage(
  { runs, upkeep }: Store,
  { keepRuns, maxAge, maxSize }: GcOptions,
): Promise<Holding[]> {
  const retention = await Retention.of(runs);
  const oldest = maxAge === undefined ? "" : runIdAt(Date.now() - 1000 * maxAge);
  const kept = keepRuns ?? (maxAge === undefined && maxSize === undefined ? 10 : Infinity);
  const oldestKept = retention.runs[Math.min(kept, retention.runs.length) - 1] ?? "";
  const since = oldest > oldestKept ? oldest : oldestKept;
  const stays = ({ required, lastRun }: Need) => required || lastRun >= since;

  const contents = await upkeep.contents();
  const uses = findUses(contents, retention);
  const gone = new Set(uses.filter((use) => !stays(use)));
  const left = uses.filter((use) => !gone.has(use));
  if (maxSize !== undefined) { for (const use of beyond(maxSize, left)) gone.add(use); }
  const garbage = new Set([...gone].map(({ holding }) => holding.path));
  for (const { holding, manifests } of gone) {
    if (holding.what === "artifact") { for (const path of manifests) garbage.add(path); }
  }
  const code = new Set<string>();
  for (const holding of contents) {
    if (holding.what !== "manifest") continue;
    if (!stays(needOf(holding.manifest, retention))) garbage.add(holding.path);
    if (!garbage.has(holding.path)) { for (const path of holding.code) code.add(path); }
  }
  const records = new Set(retention.runs);
  return contents.filter((holding) => {
    const { path, what } = holding;
    if (what === "draft") return true;
    // Nobody may watch a job that still waits or runs.
    if (what === "job") return Date.now() - holding.touched > LONGEST_JOB_MS;
    if (what === "code") return !code.has(path);
    if (what !== "run") return garbage.has(path);
    const { run } = holding;
    return records.has(run) && run < oldest && !retention.ofRun(run).required;
  });
}

const needOf = ({ step, key, made }: Manifest, retention: Retention): Need =>
  retention.ofEntry(step, key, made.run);

/** Of all artifacts, checkpoints and items; what nothing is known of is garbage. */
function findUses(contents: readonly Holding[], retention: Retention): Use[] {
  const found = new Map<string, Use>();
  for (const holding of contents) {
    if (!["artifact", "checkpoints", "items"].includes(holding.what)) continue;
    found.set(holding.path, { holding, required: false, lastRun: "", manifests: [] });
  }
  const add = (path: string, { required, lastRun }: Need, manifest?: string) => {
    const use = found.get(path);
    if (!use) return;
    use.required ||= required;
    if (lastRun > use.lastRun) use.lastRun = lastRun;
    if (manifest) use.manifests.push(manifest);
  };
  for (const holding of contents) {
    if (holding.what === "checkpoints" || holding.what === "items") {
      if (holding.run) add(holding.path, retention.ofRun(holding.run));
    } else if (holding.what === "manifest") {
      const need = needOf(holding.manifest, retention);
      add(holding.artifact, need, holding.path);
      if (holding.checkpoints) add(holding.checkpoints, need);
      for (const path of holding.items) add(path, need);
    }
  }
  return [...found.values()];
}

/** Of what was used longest ago, as much as there is too much. */
function beyond(maxSize: number, uses: readonly Use[]): Use[] {
  let size = uses.reduce((sum, { holding }) => sum + holding.bytes, 0);
  const byAge = uses.filter(({ required }) => !required)
    .toSorted((a, b) => a.lastRun < b.lastRun ? -1 : 1);
  return byAge.filter(({ holding }) => {
    if (size <= maxSize) return false;
    size -= holding.bytes;
    return true;
  });
}
