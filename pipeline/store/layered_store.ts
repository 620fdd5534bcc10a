/** One's own store, with others behind it: a team's, a CI's; in folders, which are only read, or elsewhere. */
import type {
  Artifact,
  BringOptions,
  Elsewhere,
  Lookup,
  Manifest,
  ReadableStore,
  Runs,
  Sharing,
  Store,
  WaitOptions,
} from "../store.ts";
import type { Tree } from "../tree.ts";
import type { Upkeep } from "../upkeep/holding.ts";
import type { RemoteStore } from "./remote/remote_store.ts";

export class LayeredStore implements Store {
  readonly name: string;
  readonly cache: string;
  readonly runs: Runs;
  readonly upkeep: Upkeep;
  readonly sharing?: Sharing;

  /**
   * @param others in folders of this machine
   * @param remotes of which results are brought here
   * @param shared where results go
   */
  constructor(
    private readonly own: Store,
    private readonly others: readonly ReadableStore[],
    private readonly remotes: readonly RemoteStore[] = [],
    private readonly shared?: RemoteStore,
  ) {
    ({ name: this.name, cache: this.cache, runs: this.runs, upkeep: this.upkeep } = own);
    this.sharing = shared && {
      to: shared.name,
      share: (artifact) => shared.share(artifact),
    };
  }

  async reach(): Promise<void> {
    await this.shared?.prepare();
    await Promise.all(this.remotes.map((remote) => remote.reach()));
  }

  async find(step: string, key: string): Promise<Lookup> {
    const lookup = await this.own.find(step, key);
    if (lookup.artifact) return lookup;
    for (const other of this.others) {
      const found = await other.find(step, key);
      if (found.artifact) return found;
    }
    const notes: string[] = [];
    for (const remote of this.remotes) {
      const { manifest, note } = await remote.find(step, key);
      if (note) notes.push(note);
      if (manifest) return { ...lookup, notes, elsewhere: this.#elsewhere(remote, manifest) };
    }
    return notes.length > 0 ? { ...lookup, notes } : lookup;
  }

  #elsewhere(remote: RemoteStore, manifest: Manifest): Elsewhere {
    const bring = async (options: BringOptions = {}) => {
      const draft = await this.own.draft(manifest.step);
      try {
        await remote.bring(manifest, draft, options);
        const { linked: _, ...copied } = manifest;
        return await this.own.publish(draft, copied);
      } catch (error) {
        await this.own.discard(draft);
        throw error;
      }
    };
    return { manifest, from: remote.name, bring };
  }

  async steps(): Promise<Set<string> | undefined> {
    const stores = [this.own, ...this.others, ...this.remotes];
    const all = await Promise.all(stores.map((store) => store.steps()));
    return all.reduce((union, steps) => steps && union?.union(steps));
  }

  async manifests(step: string, limit?: number): Promise<Manifest[]> {
    const stores = [this.own, ...this.others, ...this.remotes];
    const all = await Promise.all(stores.map((store) => store.manifests(step, limit)));
    return all.flat()
      .sort((a, b) => a.made.at < b.made.at ? 1 : -1)
      .slice(0, limit);
  }

  async text(digest: string): Promise<string | undefined> {
    for (const store of [this.own, ...this.others]) {
      const text = await store.text(digest);
      if (text !== undefined) return text;
    }
  }

  use = (options?: WaitOptions): Promise<Disposable> => this.own.use(options);
  tryLock = (step: string, key: string): Promise<Disposable | undefined> =>
    this.own.tryLock(step, key);
  lock = (step: string, key: string, options?: WaitOptions): Promise<Disposable> =>
    this.own.lock(step, key, options);
  inspect = (artifact: Artifact, names?: readonly string[]): Promise<string | undefined> =>
    this.own.inspect(artifact, names);
  forget = (artifact: Artifact): Promise<void> => this.own.forget(artifact);
  checkpoints = (step: string, key: string, run: string, afresh: boolean): Promise<string> =>
    this.own.checkpoints(step, key, run, afresh);
  itemCache = (name: string, key: string, run: string): Promise<string> =>
    this.own.itemCache(name, key, run);
  draft = (step: string): Promise<string> => this.own.draft(step);
  seal = (draft: string, linked?: readonly string[]): Promise<Tree> => this.own.seal(draft, linked);
  publish = (draft: string, manifest: Manifest): Promise<Artifact> =>
    this.own.publish(draft, manifest);
  settle = (): Promise<void> => this.own.settle();
  discard = (draft: string): Promise<void> => this.own.discard(draft);
  keepText = (digest: string, path: string): Promise<void> => this.own.keepText(digest, path);
}
