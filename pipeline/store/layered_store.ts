/** One's own store, with others behind it that are only read: a team's, a CI's. */
import type {
  Artifact,
  Lookup,
  Manifest,
  ReadableStore,
  Runs,
  Store,
  WaitOptions,
} from "../store.ts";
import type { Tree } from "../tree.ts";
import type { Upkeep } from "../upkeep/holding.ts";

export class LayeredStore implements Store {
  readonly name: string;
  readonly cache: string;
  readonly runs: Runs;
  readonly upkeep: Upkeep;

  constructor(private readonly own: Store, private readonly others: readonly ReadableStore[]) {
    ({ name: this.name, cache: this.cache, runs: this.runs, upkeep: this.upkeep } = own);
  }

  async find(step: string, key: string): Promise<Lookup> {
    const lookup = await this.own.find(step, key);
    if (lookup.artifact) return lookup;
    for (const other of this.others) {
      const found = await other.find(step, key);
      if (found.artifact) return found;
    }
    return lookup;
  }

  async steps(): Promise<Set<string>> {
    const all = await Promise.all([this.own, ...this.others].map((store) => store.steps()));
    return all.reduce((union, steps) => union.union(steps));
  }

  async manifests(step: string, limit?: number): Promise<Manifest[]> {
    const stores = [this.own, ...this.others];
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
