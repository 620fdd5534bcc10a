/** Names that people give to runs, of which nothing is then removed. */
import { inStore, PipelineError } from "../errors.ts";
import { checkName } from "../graph.ts";
import { openStore } from "../implementations.ts";

/**
 * Gives a run a name; a run that had it before loses it.
 *
 * @throws {PipelineError} when there is no such run, or the name cannot be one
 */
export async function pin(store: string, name: string, run: string): Promise<void> {
  checkName(name, "pin");
  const kept = openStore(store);
  await inStore(kept.name, async () => {
    // Not while things are removed: what is pinned is there then.
    using _notRemoved = await kept.use();
    if (!await kept.runs.read(run)) throw new PipelineError(`${kept.name} has no run ${run}`);
    assertTold(name, [...(await kept.runs.pins()).keys()]);
    await kept.runs.pin(name, run);
  });
}

/**
 * On disks of Macs and Windows, names that differ in upper and lower case only are one file: the other
 * run would lose its name without a word.
 * @throws {PipelineError} naming the one that is there
 */
export function assertTold(name: string, others: readonly string[]): void {
  const like = others.find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
  if (like === undefined) return;
  throw new PipelineError(
    `there is a pin "${like}" already, which differs from "${name}" in upper and lower case only: ` +
      "take that, or another name",
  );
}

/** @throws {PipelineError} when nothing has this name */
export async function unpin(store: string, name: string): Promise<void> {
  const { runs } = openStore(store);
  const pins = await runs.pins();
  if (!pins.has(name)) {
    const names = [...pins.keys()].join(", ") || "none";
    throw new PipelineError(`no run is pinned as "${name}": pins are ${names}`);
  }
  await runs.unpin(name);
}

/** Runs by the names that they are pinned as. */
export async function listPins(store: string): Promise<Map<string, string>> {
  return await openStore(store).runs.pins();
}
