/** Names that people give to runs, of which nothing is then removed: `pins/<name>.json`. */
import { inStore, PipelineError } from "../errors.ts";
import { checkName } from "../graph.ts";
import { readJson, writeJson } from "../store/json_file.ts";
import { Layout, namesIn } from "../store/layout.ts";
import { lock } from "../store/lock.ts";
import { readRecord } from "../store/run_record.ts";

/**
 * Gives a run a name; a run that had it before loses it.
 *
 * @throws {PipelineError} when there is no such run, or the name cannot be one
 */
export async function pin(store: string, name: string, run: string): Promise<void> {
  checkName(name, "pin");
  const layout = new Layout(store);
  await inStore(layout.root, async () => {
    layout.create();
    // Not while things are removed: what is pinned is there then.
    using _notRemoved = await lock(layout.storeLock, "shared");
    if (!readRecord(layout, run)) throw new PipelineError(`${layout.root} has no run ${run}`);
    Deno.mkdirSync(layout.pins, { recursive: true });
    writeJson(`${layout.pins}/${name}.json`, { run });
  });
}

/** @throws {PipelineError} when nothing has this name */
export function unpin(store: string, name: string): void {
  const layout = new Layout(store);
  const pins = pinsIn(layout);
  if (!pins.has(name)) {
    const names = [...pins.keys()].join(", ") || "none";
    throw new PipelineError(`no run is pinned as "${name}": pins are ${names}`);
  }
  Deno.removeSync(`${layout.pins}/${name}.json`);
}

/** Runs by the names that they are pinned as. */
export function listPins(store: string): Map<string, string> {
  return pinsIn(new Layout(store));
}

export function pinsIn({ pins }: Layout): Map<string, string> {
  const names = namesIn(pins).filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length));
  return new Map(names.flatMap((name) => {
    const pin = readJson<{ run: string }>(`${pins}/${name}.json`);
    return pin ? [[name, pin.run] as const] : [];
  }));
}
