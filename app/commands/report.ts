/** `report`: draws the page of a run. */
import type { Pipeline } from "../../pipeline/graph.ts";
import { findRun, listRuns } from "../../pipeline/upkeep/history.ts";
import type { CommandContext } from "../cli/application.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";
import { drawRun, evaluationOf } from "../run_report.ts";

export async function reportCommand(context: CommandContext, pipeline: Pipeline): Promise<number> {
  const { operands: [name, ...others], store, flags, json, say } = context;
  if (others.length > 0) throw new UsageError(`report takes one run, not ${others.length + 1}`);
  const record = name === undefined
    ? (await listRuns(store)).find((record) => evaluationOf(record) !== undefined)
    : await findRun(store, name);
  if (!record) {
    throw new Error(`${store} holds no evaluated model: run \`deno task pipeline\` first`);
  }
  const { report: path } = await drawRun(pipeline, store, record);
  if (!path) {
    throw new Error(
      `the store holds no evaluation of run ${record.id}: run \`deno task evaluate\` with its flags`,
    );
  }
  if (flags.json) json({ path, run: record.id });
  else say(path);
  return EXIT.done;
}
