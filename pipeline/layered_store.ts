/** One's own store, with others behind it that are only read: a team's, a CI's. */
import type { WaitOptions } from "./lock.ts";
import type { Artifact, Lookup, Manifest, Store } from "./store.ts";

export class LayeredStore implements Store {
  constructor(private readonly own: Store, private readonly others: readonly Store[]) {}

  find(step: string, key: string): Lookup {
    const lookup = this.own.find(step, key);
    if (lookup.artifact) return lookup;
    const found = this.others.map((other) => other.find(step, key)).find(({ artifact }) =>
      artifact
    );
    return found ?? lookup;
  }

  inspect(artifact: Artifact): Promise<string | undefined> {
    return this.own.inspect(artifact);
  }

  manifests(step: string, limit: number): Manifest[] {
    return [this.own, ...this.others]
      .flatMap((store) => store.manifests(step, limit))
      .sort((a, b) => a.made.at < b.made.at ? 1 : -1)
      .slice(0, limit);
  }

  tryLock(step: string, key: string): Promise<Disposable | undefined> {
    return this.own.tryLock(step, key);
  }

  lock(step: string, key: string, options?: WaitOptions): Promise<Disposable> {
    return this.own.lock(step, key, options);
  }

  draft(step: string): string {
    return this.own.draft(step);
  }

  publish(draft: string, manifest: Manifest): Promise<Artifact> {
    return this.own.publish(draft, manifest);
  }

  discard(draft: string): void {
    this.own.discard(draft);
  }

  checkpoints(step: string, key: string, run: string, afresh: boolean): string {
    return this.own.checkpoints(step, key, run, afresh);
  }
}
