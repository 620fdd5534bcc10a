/** Looks for what time, disks and people have done to artifacts. */
import { FileStore } from "../store/file_store.ts";
import { Layout, namesIn } from "../store/layout.ts";
import { findDamageByContent } from "../store/tree.ts";

export interface Damage {
  step: string;
  key: string;
  /** The artifact's folder. */
  path: string;
  /** What is wrong, in words. */
  problem: string;
}

/** Hashes every artifact in the store again and lists those that are not what was published. */
export async function verify(store: string): Promise<Damage[]> {
  const layout = new Layout(store);
  const files = new FileStore(layout);
  const damaged: Damage[] = [];
  for (const step of namesIn(layout.entries)) {
    for (const manifest of files.manifests(step)) {
      const path = layout.artifact(manifest);
      const problem = await findDamageByContent(path, manifest.tree);
      if (problem) damaged.push({ step, key: manifest.key, path, problem });
    }
  }
  return damaged;
}
