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
import { mermaid } from "./dag.ts";
import { UsageError } from "./errors.ts";
import { EXIT } from "./exit.ts";
import { formatSeconds, NAME_WIDTH } from "./render.ts";
import { checkSteps } from "./steps.ts";

export function inspectionCommands(app: Application): Record<string, Command> {
  return {
    plan: {
      usage: "plan [STEP…]",
      help: "show what would run, and why; run nothing",
      run: (context) => showPlan(app, context),
    },
    why: {
      usage: "why STEP",
      help: "name what changed since the step's nearest earlier result",
      run: (context) => showWhy(app, context),
    },
    dag: {
      usage: "dag",
      help: "draw the pipeline as a Mermaid flowchart, with each step's state",
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
  const { flags, operands, folder, store, json, say } = context;
  const targets = checkSteps(app, operands);
  const { parameters, notes } = await app.configure(flags, folder, store);
  const entries = await plan(app.pipeline, { store, parameters, targets, force: flags.force });
  if (!flags.json) notes.forEach(say);
  for (const { step, status, reason } of entries) {
    if (flags.json) json({ step, status, reason });
    else say(`${step.padEnd(NAME_WIDTH)} ${status.padEnd(10)} ${reason}`);
  }
  return EXIT.done;
}

async function showWhy(app: Application, context: CommandContext): Promise<number> {
  const { flags, operands, folder, store, json, say } = context;
  const [step] = checkSteps(app, operands) ?? [];
  if (!step || operands.length > 1) throw new UsageError("why takes the name of one step");
  const { parameters } = await app.configure(flags, folder, store);
  const explanation = await why(app.pipeline, step, { store, parameters });
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
  const { flags, folder, store } = context;
  const { parameters } = await app.configure(flags, folder, store);
  console.log(mermaid(app.pipeline, await plan(app.pipeline, { store, parameters })));
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
  const steps = run.steps.flatMap(({ step, status, seconds, reason, artifact }) => [
    `${step.padEnd(NAME_WIDTH)} ${status.padEnd(8)} ${
      formatSeconds(seconds).padStart(12)
    }  ${reason}`,
    ...(artifact ? [`${" ".repeat(NAME_WIDTH + 1)}${artifact}`] : []),
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
