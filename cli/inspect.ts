/** Commands that look at the store and run nothing: plan, why, dag, runs, gc, verify. */
import {
  describeChange,
  gc,
  listRuns,
  plan,
  type RunRecord,
  verify,
  why,
} from "../pipeline/mod.ts";
import type { Application, Command, CommandContext } from "./application.ts";
import { configure } from "./configuration.ts";
import { mermaid } from "./dag.ts";
import { UsageError } from "./errors.ts";
import { EXIT } from "./exit.ts";
import { formatSeconds, nameWidth } from "./render.ts";

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
    runs: {
      usage: "runs [ID]",
      help: "list past runs, the newest first; or show one",
      run: showRuns,
    },
    gc: { usage: "gc [--dry-run]", help: "remove what no recent run uses", run: collectGarbage },
    verify: { usage: "verify", help: "hash every artifact again", run: verifyStore },
  };
}

async function showPlan(app: Application, context: CommandContext): Promise<number> {
  const { flags, store, json, say } = context;
  const { pipeline, parameters, targets, notes } = await configure(app, context);
  const entries = await plan(pipeline, { store, parameters, targets, force: flags.force });
  if (!flags.json) notes.forEach(say);
  const width = nameWidth(entries.map(({ step }) => step));
  for (const { step, status, reason } of entries) {
    if (flags.json) json({ step, status, reason });
    else say(`${step.padEnd(width)} ${status.padEnd(10)} ${reason}`);
  }
  return EXIT.done;
}

async function showWhy(app: Application, context: CommandContext): Promise<number> {
  const { flags, operands, store, json, say } = context;
  if (operands.length !== 1) throw new UsageError("why takes the name of one step");
  const { pipeline, parameters, targets = [] } = await configure(app, context);
  const [step] = targets;
  if (targets.length > 1) {
    throw new UsageError(`why takes the name of one step: one of ${targets.join(", ")}`);
  }
  const explanation = await why(pipeline, step, { store, parameters });
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
  const { store } = context;
  const { pipeline, parameters } = await configure(app, context);
  console.log(mermaid(pipeline, await plan(pipeline, { store, parameters })));
  return EXIT.done;
}

function showRuns({ flags, operands: [id], store, json, say }: CommandContext): Promise<number> {
  const runs = listRuns(store).filter((run) => id === undefined || run.id === id);
  if (id !== undefined && runs.length === 0) throw new UsageError(`${store} has no run ${id}`);
  if (runs.length === 0 && !flags.json) say(`there are no runs in ${store} yet`);
  for (const run of runs) {
    if (flags.json) json(run);
    else say(id === undefined ? describeRun(run) : describeSteps(run));
  }
  return Promise.resolve(EXIT.done);
}

function describeRun({ id, status, seconds, steps }: RunRecord): string {
  const counts = Object.entries(Object.groupBy(steps, ({ status }) => status))
    .map(([status, all]) => `${all!.length} ${status}`);
  return `${id}  ${status} in ${formatSeconds(seconds)}: ${counts.join(", ")}`;
}

function describeSteps(run: RunRecord): string {
  const width = nameWidth(run.steps.map(({ step }) => step));
  const steps = run.steps.flatMap(({ step, status, seconds, reason, artifact }) => [
    `${step.padEnd(width)} ${status.padEnd(8)} ${formatSeconds(seconds).padStart(12)}  ${reason}`,
    ...(artifact ? [`${" ".repeat(width + 1)}${artifact}`] : []),
  ]);
  return [describeRun(run), ...steps].join("\n");
}

async function collectGarbage({ flags, store, json, say }: CommandContext): Promise<number> {
  const dryRun = flags["dry-run"];
  const garbage = await gc(store, { dryRun });
  for (const item of garbage) {
    if (flags.json) json(item);
    else say(`${(item.bytes / 1e6).toFixed(1).padStart(9)} MB  ${item.what}  ${item.path}`);
  }
  const megabytes = garbage.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  if (!flags.json) say(`${megabytes.toFixed(1)} MB ${dryRun ? "would be removed" : "removed"}`);
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
