/** Looks for what time, disks and people have done to artifacts. */
import { openStore } from "../implementations.ts";

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
  const kept = openStore(store);
  const damaged: Damage[] = [];
  for (const holding of await kept.upkeep.contents()) {
    if (holding.what !== "manifest") continue;
    const { manifest, artifact: path } = holding;
    const problem = await kept.inspect({ path, manifest });
    if (problem) damaged.push({ step: manifest.step, key: manifest.key, path, problem });
  }
  return damaged;
}
