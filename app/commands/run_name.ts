/** `--name`: the name that a run gets when it is done, as `pin` gives one later. */
import { PipelineError } from "../../pipeline/errors.ts";
import { checkName } from "../../pipeline/graph.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import { assertTold, listPins, pin } from "../../pipeline/upkeep/pins.ts";
import { UsageError } from "../cli/errors.ts";

/**
 * Before anything runs.
 * @param force whether another run may lose the name
 * @throws {UsageError} for what is no name, or another run's
 */
export async function checkRunName(store: string, name: string, force: boolean): Promise<void> {
  const pins = await listPins(store);
  try {
    checkName(name, "--name");
    assertTold(name, [...pins.keys()]);
  } catch (error) {
    throw error instanceof PipelineError ? new UsageError(error.message) : error;
  }
  if (name === "latest") {
    throw new UsageError('--name is "latest", which means the newest run: choose another name');
  }
  const owner = pins.get(name);
  if (owner === undefined || force) return;
  throw new UsageError(
    `--name is "${name}", which run ${owner} has: choose another, let that run go with ` +
      `\`deno task unpin ${name}\`, or move the name with --force (which also runs the named steps ` +
      "again)",
  );
}

/** Names a run that is done; of another it is said that it has no name. */
export async function nameRun(store: string, name: string, run: RunRecord): Promise<string> {
  if (run.status !== "done") return `the run is not named ${name}, as it is not done`;
  const owner = (await listPins(store)).get(name);
  await pin(store, name, run.id);
  const before = owner === undefined || owner === run.id ? "" : `, no longer run ${owner}`;
  return `named:  ${name}${before} (\`--run ${name}\` asks its model, \`gc\` removes nothing of it)`;
}
