/** Whether what is about to be read is what was published. */
import { DamageError } from "../errors.ts";
import { openStore } from "../implementations.ts";
import type { Artifact } from "../store.ts";

/**
 * Hashes files of an artifact; for whoever reads them outside of a run, which does so itself.
 *
 * @param names of files and folders that are going to be read
 * @throws {DamageError} naming the file that has other content, or is missing
 *
 * @example
 * ```ts ignore
 * const artifact = await latestArtifact(".store", "rank");
 * if (artifact) await assertIntact(".store", artifact, ["ranking.txt"]);
 * ```
 */
export async function assertIntact(
  store: string,
  artifact: Artifact,
  names: readonly string[],
): Promise<void> {
  const damage = await openStore(store).inspect(artifact, names);
  if (damage) throw new DamageError(artifact.manifest.step, damage, artifact.path);
}
