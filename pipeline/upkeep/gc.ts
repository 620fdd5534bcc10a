/** Removes what nothing needs any more. */
import { codeFile } from "../code/code_texts.ts";
import { inStore, StoreError } from "../errors.ts";
import { FileStore } from "../store/file_store.ts";
import { readJson } from "../store/json_file.ts";
import { Layout, namesIn } from "../store/layout.ts";
import { tryLock } from "../store/lock.ts";
import { type Need, Retention } from "./retention.ts";
import { runIdAt } from "../store/run_record.ts";
import { statOrNull, walk } from "../store/tree.ts";

export interface GcOptions {
  /** Only say what would go. */
  dryRun?: boolean;
  /** Keep what this many of the newest runs used or made; 10 when no limit at all is given. */
  keepRuns?: number;
  /** Seconds: keep what was used or made since, and the records and logs of these runs. */
  maxAge?: number;
  /** Bytes that artifacts and checkpoints may take up: what was used longest ago goes first. */
  maxSize?: number;
}

export interface Garbage {
  path: string;
  what: "draft" | "manifest" | "artifact" | "checkpoints" | "code" | "run";
  bytes: number;
}

/**
 * Removes drafts of killed runs, and what lies beyond the limits of artifacts, of checkpoints that
 * steps could go on from, and of runs' records. Whatever the limits, what the latest run of each
 * step of each pipeline used stays, and all that pinned runs used.
 *
 * @returns what went, or would go
 * @throws {StoreError} while a run uses the store
 */
export async function gc(store: string, options: GcOptions = {}): Promise<Garbage[]> {
  const layout = new Layout(store);
  if (!layout.exists()) return [];
  return await inStore(layout.root, async () => {
    layout.create();
    using alone = await tryLock(layout.storeLock, "exclusive");
    if (!alone) {
      throw new StoreError(`a run uses the store ${layout.root}: try again when it is over`);
    }
    const garbage = findGarbage(layout, options);
    // Manifests go before what they describe: at no moment does one promise what is gone.
    if (!options.dryRun) {
      for (const { path } of garbage) Deno.removeSync(path, { recursive: true });
    }
    return garbage;
  });
}

/** An artifact or checkpoints, which several manifests may share. */
interface Holding extends Garbage, Need {
  manifests: string[];
}

function findGarbage(layout: Layout, { keepRuns, maxAge, maxSize }: GcOptions): Garbage[] {
  const retention = new Retention(layout);
  const oldest = maxAge === undefined ? "" : runIdAt(Date.now() - 1000 * maxAge);
  const kept = keepRuns ?? (maxAge === undefined && maxSize === undefined ? 10 : Infinity);
  const oldestKept = retention.runs[Math.min(kept, retention.runs.length) - 1] ?? "";
  const since = oldest > oldestKept ? oldest : oldestKept;
  const stays = ({ required, lastRun }: Need) => required || lastRun >= since;

  const { holdings, manifests } = findHoldings(layout, retention);
  const gone = new Set(holdings.filter((holding) => !stays(holding)));
  const left = holdings.filter((holding) => !gone.has(holding));
  for (const holding of beyond(maxSize ?? Infinity, left)) gone.add(holding);
  const unused = new Set(
    [...gone].filter(({ what }) => what === "artifact").flatMap(({ manifests }) => manifests),
  );
  for (const [path, need] of manifests) if (!stays(need)) unused.add(path);
  const code = new Set(
    [...manifests].flatMap(([path, { code }]) => unused.has(path) ? [] : code).map(codeFile),
  );
  const runs = retention.runs.filter((run) => run < oldest && !retention.ofRun(run).required);
  return [
    ...within(layout.drafts).map((path) => garbageAt(path, "draft")),
    ...[...unused].sort().map((path) => garbageAt(path, "manifest")),
    ...[...gone].map(({ path, what, bytes }) => ({ path, what, bytes })),
    ...namesIn(layout.code).filter((name) => !code.has(name))
      .map((name) => garbageAt(`${layout.code}/${name}`, "code")),
    ...runs.map((run) => garbageAt(`${layout.runs}/${run}`, "run")),
  ];
}

/** Everything that takes up room, with what is known of its use; nothing known: it is garbage. */
function findHoldings(layout: Layout, retention: Retention) {
  const found = new Map<string, Holding>();
  const add = (path: string, what: Garbage["what"]) =>
    found.set(path, {
      ...garbageAt(path, what),
      required: false,
      lastRun: "",
      manifests: [],
    });
  const use = (path: string, { required, lastRun }: Need, manifest?: string) => {
    const holding = found.get(path);
    if (!holding) return;
    holding.required ||= required;
    if (lastRun > holding.lastRun) holding.lastRun = lastRun;
    if (manifest) holding.manifests.push(manifest);
  };
  for (const path of within(layout.artifacts).flatMap(within)) add(path, "artifact");
  for (const path of within(layout.checkpoints).flatMap(within)) {
    add(path, "checkpoints");
    const run = readJson<{ run: string }>(`${path}/run.json`)?.run;
    if (run) use(path, retention.ofRun(run));
  }
  const manifests = new Map<string, Need & { code: string[] }>();
  const store = new FileStore(layout);
  for (const step of namesIn(layout.entries)) {
    for (const manifest of store.manifests(step)) {
      const { key, fingerprint, made, checkpoints } = manifest;
      const entry = layout.entry(step, key);
      const need = retention.ofEntry(step, key, made.run);
      const code = Object.values(fingerprint.files).filter((digest) => digest !== null);
      manifests.set(entry, { ...need, code });
      use(layout.artifact(manifest), need, entry);
      if (checkpoints) use(layout.checkpoint(step, checkpoints), need);
    }
  }
  return { holdings: [...found.values()], manifests };
}

/** Of what was used longest ago, as much as there is too much. */
function beyond(maxSize: number, holdings: readonly Holding[]): Holding[] {
  let size = holdings.reduce((sum, { bytes }) => sum + bytes, 0);
  const byAge = holdings.filter(({ required }) => !required)
    .toSorted((a, b) => a.lastRun < b.lastRun ? -1 : 1);
  return byAge.filter(({ bytes }) => {
    if (size <= maxSize) return false;
    size -= bytes;
    return true;
  });
}

const within = (folder: string) => namesIn(folder).map((name) => `${folder}/${name}`);

function garbageAt(path: string, what: Garbage["what"]): Garbage {
  const files = Deno.statSync(path).isFile ? [path] : walk(path).files.map((f) => `${path}/${f}`);
  const bytes = files.reduce((sum, file) => sum + (statOrNull(file)?.size ?? 0), 0);
  return { path, what, bytes };
}
