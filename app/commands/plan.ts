/** `deno task plan [STEP…]`: what would run, and why. */
import * as v from "valibot";
import { plan as planPipeline } from "../../pipeline/explain/plan.ts";
import { formatLimit } from "../../pipeline/process/format_limit.ts";
import { type Program, withSettings } from "../cli/application.ts";
import { anyOperands, type ContextOf, defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { executorFor } from "../cluster.ts";
import { nameWidth } from "../cli/event_lines.ts";
import { requestedPipeline } from "../cli/requested_pipeline.ts";
import { EXECUTION, RUN, STORES, SWEEP } from "../cli/shared_flags.ts";
import { checkRunName } from "./run_name.ts";

const flags = v.object({
  ...SWEEP.entries,
  ...RUN.entries,
  ...EXECUTION.entries,
  ...STORES.entries,
});

export const plan = (program: Program) =>
  defineCommand({
    name: "plan",
    group: "Look",
    summary: "show what would run, and why; run nothing",
    details: "It takes the flags of `pipeline`, so that any run can be planned first.",
    operands: { schema: anyOperands, usage: "[STEP…]", takes: "names of steps" },
    flags: withSettings(program, flags),
    run: (context) => showPlan(program, context),
  });

async function showPlan(program: Program, context: ContextOf<typeof flags>): Promise<number> {
  const { flags, operands, store, readFrom, json, say } = context;
  if (flags.name !== undefined) await checkRunName(store, flags.name, flags.force);
  const { pipeline, parameters, targets, notes } = await requestedPipeline(
    program,
    context,
    operands,
  );
  await using executor = await executorFor(flags, store);
  const entries = await planPipeline(pipeline, {
    store,
    readFrom,
    parameters,
    targets,
    force: flags.force,
    ...executor && { executor },
  });
  if (!flags.json) notes.forEach(say);
  const width = nameWidth(entries.map(({ step }) => step));
  for (const { step, status, reason, changes, timeLimit, retries, asks } of entries) {
    if (flags.json) json({ step, status, reason, changes, timeLimit, retries, asks });
    else {
      const limit = timeLimit === undefined ? "" : ` (at most ${formatLimit(timeLimit)})`;
      say(`${step.padEnd(width)} ${status.padEnd(10)} ${reason}${limit}`);
      if (asks) say(`${"".padEnd(width)} ${asks}`);
    }
  }
  return EXIT.done;
}
