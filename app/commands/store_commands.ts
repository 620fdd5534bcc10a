/** Commands that look at the store: plan, why, dag, verify. */
import { describeChange } from "../../pipeline/explain/changes.ts";
import { inputsOf } from "../../pipeline/declaration.ts";
import { plan } from "../../pipeline/explain/plan.ts";
import { verify } from "../../pipeline/upkeep/verify.ts";
import { why } from "../../pipeline/explain/why.ts";
import type { Application, Command, CommandContext } from "../cli/application.ts";
import { configure } from "../cli/configuration.ts";
import { mermaid } from "../cli/dag.ts";
import { repeatStep } from "./repeat.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";
import { nameWidth } from "../cli/render.ts";

export function inspectionCommands(app: Application): Record<string, Command> {
  return {
    plan: {
      usage: "plan [STEP…]",
      help: "show what would run, and why; run nothing",
      sweeps: true,
      run: (context) => showPlan(app, context),
    },
    why: {
      usage: "why STEP",
      help: "name what changed since the step's nearest earlier result",
      sweeps: true,
      run: (context) => showWhy(app, context),
    },
    dag: {
      usage: "dag",
      help: "draw the pipeline as a Mermaid flowchart, with each step's state",
      sweeps: true,
      run: (context) => showDag(app, context),
    },
    verify: {
      usage: "verify [--repeat STEP]",
      help: "hash every artifact again; or run a step twice and compare",
      run: (context) =>
        context.flags.repeat === undefined ? verifyStore(context) : repeatStep(app, context),
    },
  };
}

async function showPlan(app: Application, context: CommandContext): Promise<number> {
  const { flags, store, readFrom, json, say } = context;
  const { pipeline, parameters, targets, notes } = await configure(app, context);
  const entries = await plan(pipeline, {
    store,
    readFrom,
    parameters,
    targets,
    force: flags.force,
  });
  if (!flags.json) notes.forEach(say);
  const width = nameWidth(entries.map(({ step }) => step));
  for (const { step, status, reason, changes } of entries) {
    if (flags.json) json({ step, status, reason, changes });
    else say(`${step.padEnd(width)} ${status.padEnd(10)} ${reason}`);
  }
  return EXIT.done;
}

async function showWhy(app: Application, context: CommandContext): Promise<number> {
  const { flags, operands, store, readFrom, json, say } = context;
  if (operands.length !== 1) throw new UsageError("why takes the name of one step");
  const { pipeline, parameters, targets = [] } = await configure(app, context);
  const [step] = targets;
  if (targets.length > 1) {
    throw new UsageError(`why takes the name of one step: one of ${targets.join(", ")}`);
  }
  const explanation = await why(pipeline, step, { store, readFrom, parameters });
  if (flags.json) {
    json(explanation);
    return EXIT.done;
  }
  say(`${step}: ${explanation.status}, ${explanation.reason}`);
  for (const change of explanation.changes) say(`  ${describeChange(change)}`);
  if (explanation.nearest) say(`compared with the result made ${explanation.nearest.made}`);
  return EXIT.done;
}

async function showDag(app: Application, context: CommandContext): Promise<number> {
  const { flags, store, readFrom, json, say } = context;
  const { pipeline, parameters } = await configure(app, context);
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

async function verifyStore({ flags, store, json, say }: CommandContext): Promise<number> {
  const damages = await verify(store);
  for (const damage of damages) {
    if (flags.json) json(damage);
    else say(`${damage.step}: ${damage.path}: ${damage.problem}`);
  }
  if (!flags.json && damages.length === 0) say(`everything in ${store} is as it was published`);
  return damages.length === 0 ? EXIT.done : EXIT.failed;
}
