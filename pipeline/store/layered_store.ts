/** One's own store, with others behind it that are only read: a team's, a CI's. */
import { FileStore } from "./file_store.ts";
import type { Layout } from "./layout.ts";
import type { Lookup, Manifest, Store } from "../store.ts";

export class LayeredStore extends FileStore {
  constructor(own: Layout, private readonly others: readonly Store[]) {
    super(own);
  }

  override find(step: string, key: string): Lookup {
    const lookup = super.find(step, key);
    if (lookup.artifact) return lookup;
    const found = this.others.map((other) => other.find(step, key)).find(({ artifact }) =>
      artifact
    );
    return found ?? lookup;
  }

  override steps(): Set<string> {
    return this.others.reduce((all, other) => all.union(other.steps()), super.steps());
  }

  override manifests(step: string, limit?: number): Manifest[] {
    return [
      super.manifests(step, limit),
      ...this.others.map((other) => other.manifests(step, limit)),
    ]
      .flat()
      .sort((a, b) => a.made.at < b.made.at ? 1 : -1)
      .slice(0, limit);
  }
}
