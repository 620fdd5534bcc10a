/** `deno task dag`: the pipeline as a flowchart. */
import * as v from "valibot";
import { inputsOf } from "../../pipeline/declaration.ts";
import { plan } from "../../pipeline/explain/plan.ts";
import { type Program, withSettings } from "../cli/application.ts";
import { type ContextOf, defineCommand } from "../cli/command.ts";
import { mermaid } from "../cli/dag.ts";
import { EXIT } from "../cli/exit.ts";
import { requestedPipeline } from "../cli/requested_pipeline.ts";
import { EXECUTION, STORES, SWEEP } from "../cli/shared_flags.ts";

const flags = v.object({ ...SWEEP.entries, ...EXECUTION.entries, ...STORES.entries });

export const dag = (program: Program) =>
  defineCommand({
    name: "dag",
    group: "Look",
    summary: "draw the pipeline as a Mermaid flowchart, with each step's state",
    flags: withSettings(program, flags),
    run: (context) => showDag(program, context),
  });

async function showDag(program: Program, context: ContextOf<typeof flags>): Promise<number> {
  const { flags, store, readFrom, json, say } = context;
  const { pipeline, parameters } = await requestedPipeline(program, context);
  const entries = await plan(pipeline, { store, readFrom, parameters });
  if (!flags.json) say(mermaid(pipeline, entries));
  else {
    const inputs = new Map(pipeline.steps.map((step) => [step.name, inputsOf(step)]));
    for (const { step, status, seconds } of entries) {
      json({ step, inputs: Object.values(inputs.get(step)!), status, seconds });
    }
  }
  return EXIT.done;
}
