// deno-lint-ignore-file require-await -- promises are the interface's: a disk is asked at once
/** A store in a folder, safe for any number of processes at a time. */
import type { Artifact, Lookup, Manifest, Store, WaitOptions } from "../store.ts";
import { type Tree, without } from "../tree.ts";
import { FileRuns } from "./file_runs.ts";
import { FileUpkeep } from "./file_upkeep.ts";
import { discard, namesIn, removeIfThere, statOrNull } from "./folder.ts";
import { keepFile, readJson, writeJson } from "./json_file.ts";
import { Layout } from "./layout.ts";
import { LazySync } from "./lazy_sync.ts";
import { lock, tryLock } from "./lock.ts";
import { findDamage, findDamageByContent, findDamageOf, readTree } from "./read_tree.ts";
import { sealed, unsealed } from "./sealed.ts";

/** Replaces the one that is there. */
function writeManifest(
  path: string,
  manifest: Manifest,
  options?: { durable: boolean },
): void {
  writeJson(path, sealed(manifest), options);
}

export class FileStore implements Store {
  /** What was listed last: a sweep's instances of one step are explained one after the other. */
  #listed?: { step: string; manifests: Map<string, Manifest | undefined> };

  readonly name: string;
  readonly cache: string;
  readonly runs: FileRuns;
  readonly upkeep: FileUpkeep;
  readonly #layout: Layout;
  readonly #sync = new LazySync();

  /** @param root its folder, which may not exist yet */
  constructor(root: string) {
    this.#layout = new Layout(root);
    this.name = this.#layout.root;
    this.cache = this.#layout.cache;
    this.runs = new FileRuns(this.#layout);
    this.upkeep = new FileUpkeep(this.#layout, this, writeManifest);
  }

  async use(options?: WaitOptions): Promise<Disposable> {
    this.#layout.create();
    return await lock(this.#layout.storeLock, "shared", options);
  }

  async find(step: string, key: string): Promise<Lookup> {
    const manifest = this.#read(step, key);
    if (!manifest) return {};
    const path = this.#layout.artifact(manifest);
    const damage = findDamage(path, without(manifest.tree, manifest.linked ?? []));
    return damage ? { damage } : { artifact: { path, manifest } };
  }

  inspect({ path, manifest }: Artifact, names?: readonly string[]): Promise<string | undefined> {
    return names
      ? findDamageOf(path, manifest.tree, names)
      : findDamageByContent(path, manifest.tree);
  }

  async forget({ path, manifest }: Artifact): Promise<void> {
    const isOurs = path === this.#layout.artifact(manifest);
    if (isOurs) removeIfThere(this.#layout.entry(manifest.step, manifest.key));
  }

  /** Undefined also for what is cut short, altered or made under other rules. */
  #read(step: string, key: string): Manifest | undefined {
    return unsealed(readJson(this.#layout.entry(step, key)), step, key);
  }

  async steps(): Promise<Set<string>> {
    return new Set(namesIn(this.#layout.entries));
  }

  async manifests(step: string, limit = Infinity): Promise<Manifest[]> {
    const folder = `${this.#layout.entries}/${step}`;
    const known = this.#listed?.step === step ? this.#listed.manifests : new Map();
    const listed = new Map<string, Manifest | undefined>();
    this.#listed = { step, manifests: listed };
    return namesIn(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => ({ name, time: Number(statOrNull(`${folder}/${name}`)?.mtime) }))
      .sort((a, b) => b.time - a.time)
      .slice(0, limit)
      .map(({ name, time }) => {
        const version = `${name} ${time}`;
        const manifest = known.get(version) ?? this.#read(step, name.slice(0, -".json".length));
        listed.set(version, manifest);
        return manifest;
      })
      .filter((manifest) => manifest !== undefined);
  }

  tryLock(step: string, key: string): Promise<Disposable | undefined> {
    return tryLock(this.#layout.lock(step, key), "exclusive");
  }

  lock(step: string, key: string, options?: WaitOptions): Promise<Disposable> {
    return lock(this.#layout.lock(step, key), "exclusive", options);
  }

  async draft(step: string): Promise<string> {
    return Deno.makeTempDirSync({ dir: this.#layout.drafts, prefix: `${step}.` });
  }

  seal(draft: string, linked?: readonly string[]): Promise<Tree> {
    return readTree(draft, { linked });
  }

  async publish(draft: string, manifest: Manifest): Promise<Artifact> {
    const path = this.#layout.artifact(manifest);
    const folder = path.slice(0, path.lastIndexOf("/"));
    Deno.mkdirSync(folder, { recursive: true });
    // A temporary folder is its owner's alone; a store may be a team's.
    if (Deno.build.os !== "windows") Deno.chmodSync(draft, 0o777 & ~Deno.umask());
    if (!statOrNull(path)) this.#move(draft, path);
    else if (await findDamageByContent(path, manifest.tree)) {
      const grave = await this.draft(`${manifest.step}.damaged`);
      this.#move(path, `${grave}/content`);
      this.#move(draft, path);
      discard(grave);
    } else discard(draft);
    const entries = `${this.#layout.entries}/${manifest.step}`;
    Deno.mkdirSync(entries, { recursive: true });
    const entry = this.#layout.entry(manifest.step, manifest.key);
    writeManifest(entry, manifest, { durable: false });
    this.#sync.add({
      paths: [
        ...without(manifest.tree, manifest.linked ?? []).files.map((file) =>
          `${path}/${file.path}`
        ),
        path,
        folder,
        entry,
        entries,
      ],
      onFailure: () => removeIfThere(entry),
    });
    return { path, manifest };
  }

  settle(): Promise<void> {
    return this.#sync.finish();
  }

  /** Another process may publish the same content under another key at this very moment. */
  #move(from: string, to: string): void {
    try {
      Deno.renameSync(from, to);
    } catch (error) {
      if (!statOrNull(to)) throw error;
      discard(from);
    }
  }

  async checkpoints(step: string, key: string, run: string, afresh: boolean): Promise<string> {
    const folder = this.#layout.checkpoint(step, key);
    if (afresh) removeIfThere(folder);
    return this.#usedBy(run, folder, "states");
  }

  async itemCache(name: string, key: string, run: string): Promise<string> {
    return this.#usedBy(run, this.#layout.itemCache(name, key), "values");
  }

  /** What a step may write in, beside a note for `gc`, which it may not. */
  #usedBy(run: string, folder: string, inner: string): string {
    Deno.mkdirSync(`${folder}/${inner}`, { recursive: true });
    writeJson(`${folder}/run.json`, { run }, { durable: false });
    return `${folder}/${inner}`;
  }

  async discard(draft: string): Promise<void> {
    discard(draft);
  }

  async text(digest: string): Promise<string | undefined> {
    const file = this.#layout.text(digest);
    return statOrNull(file) ? Deno.readTextFileSync(file) : undefined;
  }

  async keepText(digest: string, path: string): Promise<void> {
    const file = this.#layout.text(digest);
    if (!statOrNull(file)) keepFile(file, Deno.readFileSync(path));
  }
}
