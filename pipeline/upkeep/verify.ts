/** Looks for what time, disks and people have done to artifacts. */
import { openStore } from "../implementations.ts";
import { without } from "../tree.ts";

export interface Damage {
  /** Or the name of a cache of items. */
  step: string;
  key: string;
  /** The artifact's folder, or the cache's. */
  path: string;
  /** What is wrong, in words. */
  problem: string;
}

/** Hashes every artifact and every kept item in the store again and lists those that are not what was published. */
export async function verify(store: string): Promise<Damage[]> {
  const kept = openStore(store);
  const damaged: Damage[] = [];
  for (const holding of await kept.upkeep.contents()) {
    if (holding.what === "items") {
      const { name: step, key, path } = holding;
      const problem = await kept.upkeep.inspectItems(path);
      if (problem) {
        const remedy = "they are made anew when they are needed";
        damaged.push({ step, key, path, problem: `${problem}: ${remedy}` });
      }
    }
    if (holding.what !== "manifest") continue;
    const { manifest, artifact: path } = holding;
    const { tree, linked } = manifest;
    // What became of the user's own files is no damage; whoever reads them through links finds out.
    const names = linked && without(tree, linked).files.map((file) => file.path);
    const problem = await kept.inspect({ path, manifest }, names);
    if (problem) damaged.push({ step: manifest.step, key: manifest.key, path, problem });
  }
  return damaged;
}
