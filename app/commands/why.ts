/** `deno task why STEP`: what changed since its nearest earlier result. */
import * as v from "valibot";
import { describeChange } from "../../pipeline/explain/changes.ts";
import { why as explain } from "../../pipeline/explain/why.ts";
import { formatLimit } from "../../pipeline/process/format_limit.ts";
import { type Program, withSettings } from "../cli/application.ts";
import { type ContextOf, defineCommand } from "../cli/command.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";
import { requestedPipeline } from "../cli/requested_pipeline.ts";
import { EXECUTION, STORES, SWEEP } from "../cli/shared_flags.ts";

const flags = v.object({ ...SWEEP.entries, ...EXECUTION.entries, ...STORES.entries });

export const why = (program: Program) =>
  defineCommand({
    name: "why",
    group: "Look",
    summary: "name what changed since the step's nearest earlier result",
    operands: {
      schema: v.strictTuple([v.string()]),
      usage: "STEP",
      takes: "the name of one step",
    },
    flags: withSettings(program, flags),
    run: (context) => showWhy(program, context),
  });

async function showWhy(program: Program, context: ContextOf<typeof flags>): Promise<number> {
  const { flags, operands, store, readFrom, json, say } = context;
  const { pipeline, parameters, targets = [] } = await requestedPipeline(
    program,
    context,
    operands,
  );
  const [step] = targets;
  if (targets.length > 1) {
    throw new UsageError(`why takes the name of one step: one of ${targets.join(", ")}`);
  }
  const explanation = await explain(pipeline, step, { store, readFrom, parameters });
  if (flags.json) {
    json(explanation);
    return EXIT.done;
  }
  say(`${step}: ${explanation.status}, ${explanation.reason}`);
  for (const change of explanation.changes) {
    const meaning = change.kind === "environment" ? program.variables?.[change.name] : undefined;
    say(`  ${describeChange(change)}${meaning ? ` (it is ${meaning})` : ""}`);
  }
  const { timeLimit, retries } = explanation;
  if (timeLimit !== undefined) say(`it is ended after ${formatLimit(timeLimit)}`);
  if (retries) say(`it is tried again after ${retries.after}, at most ${retries.most} times`);
  if (explanation.nearest) say(`compared with the result made ${explanation.nearest.made}`);
  return EXIT.done;
}
