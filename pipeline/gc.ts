/** Removes what nothing needs any more. */
import { inStore, StoreError } from "./errors.ts";
import { FileStore } from "./file_store.ts";
import { readJson } from "./json_file.ts";
import { Layout, namesIn } from "./layout.ts";
import { tryLock } from "./lock.ts";
import { recordsIn } from "./run_record.ts";
import { statOrNull, walk } from "./tree.ts";

export interface GcOptions {
  /** Only say what would go. */
  dryRun?: boolean;
  /** Keep what this many of the newest runs used or made; 10 when left out. */
  keepRuns?: number;
}

export interface Garbage {
  path: string;
  what: "draft" | "manifest" | "artifact" | "checkpoints";
  bytes: number;
}

/**
 * Removes drafts of killed runs, artifacts that the newest runs neither used nor made, and
 * checkpoints that neither these artifacts nor these runs could go on from.
 *
 * @returns what went, or would go
 * @throws {StoreError} while a run uses the store
 */
export async function gc(
  store: string,
  { dryRun = false, keepRuns = 10 }: GcOptions = {},
): Promise<Garbage[]> {
  const layout = new Layout(store);
  if (!layout.exists()) return [];
  return await inStore(layout.root, async () => {
    layout.create();
    using alone = await tryLock(layout.storeLock, "exclusive");
    if (!alone) {
      throw new StoreError(`a run uses the store ${layout.root}: try again when it is over`);
    }
    const garbage = findGarbage(layout, keepRuns);
    // Manifests go before what they describe: at no moment does one promise what is gone.
    if (!dryRun) { for (const { path } of garbage) Deno.removeSync(path, { recursive: true }); }
    return garbage;
  });
}

function findGarbage(layout: Layout, keepRuns: number): Garbage[] {
  const runs = [...recordsIn(layout).take(keepRuns)];
  const keptRuns = new Set(runs.map(({ id }) => id));
  const keptKeys = new Set(
    runs.flatMap(({ steps }) => steps.map(({ step, key }) => `${step}/${key}`)),
  );
  const store = new FileStore(layout);
  const keptArtifacts = new Set<string>();
  const keptCheckpoints = new Set<string>();
  const unused: string[] = [];
  for (const step of namesIn(layout.entries)) {
    for (const manifest of store.manifests(step)) {
      if (keptKeys.has(`${step}/${manifest.key}`) || keptRuns.has(manifest.made.run)) {
        keptArtifacts.add(layout.artifact(manifest));
        if (manifest.checkpoints) {
          keptCheckpoints.add(layout.checkpoint(step, manifest.checkpoints));
        }
      } else unused.push(layout.entry(step, manifest.key));
    }
  }
  const artifacts = within(layout.artifacts).flatMap(within);
  const checkpoints = within(layout.checkpoints).flatMap(within)
    .filter((path) => !keptRuns.has(readJson<{ run: string }>(`${path}/run.json`)?.run ?? ""));
  return [
    ...within(layout.drafts).map((path) => garbageAt(path, "draft")),
    ...unused.map((path) => garbageAt(path, "manifest")),
    ...artifacts.filter((path) => !keptArtifacts.has(path))
      .map((path) => garbageAt(path, "artifact")),
    ...checkpoints.filter((path) => !keptCheckpoints.has(path))
      .map((path) => garbageAt(path, "checkpoints")),
  ];
}

const within = (folder: string) => namesIn(folder).map((name) => `${folder}/${name}`);

function garbageAt(path: string, what: Garbage["what"]): Garbage {
  const files = Deno.statSync(path).isFile ? [path] : walk(path).files.map((f) => `${path}/${f}`);
  const bytes = files.reduce((sum, file) => sum + (statOrNull(file)?.size ?? 0), 0);
  return { path, what, bytes };
}
