/** The run whose model is asked, by the name that a person gives. */
import { PipelineError } from "../../pipeline/errors.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import { findRun, listRuns } from "../../pipeline/upkeep/history.ts";
import { listPins } from "../../pipeline/upkeep/pins.ts";
import { UsageError } from "../cli/errors.ts";
import { shortRunName } from "./model_origin.ts";
import { hasModel } from "../run_summary.ts";

/** @throws {UsageError} where no run that trained has this name; it names those that did */
export async function runWithModel(store: string, name: string): Promise<RunRecord> {
  let run: RunRecord;
  try {
    run = await findRun(store, name);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    throw new UsageError(`--run is "${name}": ${error.message}; ${await runsWithModel(store)}`);
  }
  if (hasModel(run)) return run;
  throw new UsageError(
    `--run is "${name}", but run ${run.id} trained no model: ${await runsWithModel(store)}`,
  );
}

/** As many as help somebody who mistyped. */
const NAMED = 4;

/** Names them, to go on after a colon: for who named another. */
export async function runsWithModel(store: string): Promise<string> {
  const runs = await listRuns(store);
  const ids = runs.map(({ id }) => id);
  const pins = await listPins(store);
  const names = runs.filter(hasModel).map(({ id }) => {
    const given = [...pins].filter(([, run]) => run === id).map(([name]) => name);
    return [shortRunName(id, ids), ...given.map((name) => `[${name}]`)].join(" ");
  });
  if (names.length === 0) return "no run has one yet. Make one with `deno task pipeline`";
  const others = names.length > NAMED ? " and others, which `deno task runs` lists" : "";
  return `runs that have one are ${names.slice(0, NAMED).join(", ")}${others}`;
}
