/** Commands about past runs and what they left: runs, compare, pin, unpin, gc. */
import { compareRuns } from "../../pipeline/explain/compare.ts";
import { PipelineError } from "../../pipeline/errors.ts";
import { type Garbage, gc } from "../../pipeline/upkeep/gc.ts";
import { findRun, listRuns } from "../../pipeline/upkeep/history.ts";
import { listPins, pin, unpin } from "../../pipeline/upkeep/pins.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import type { Command, CommandContext } from "../cli/application.ts";
import { comparisonTable } from "../cli/comparison_table.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";
import { linkTo } from "../cli/link.ts";
import { formatSize, parseDuration, parseSize } from "../cli/quantities.ts";
import { formatSeconds, nameWidth } from "../cli/render.ts";

export const historyCommands: Record<string, Command> = {
  runs: {
    usage: "runs [RUN]",
    help: "list past runs, the newest first; or show one, step by step",
    run: showRuns,
  },
  compare: {
    usage: "compare RUN RUN",
    help: "parameters, code and results in which two runs differ",
    run: compare,
  },
  pin: {
    usage: "pin NAME RUN",
    help: "name a run, of which gc then removes nothing; alone: list the pins",
    run: pinRun,
  },
  unpin: { usage: "unpin NAME", help: "let a pinned run go", run: unpinRun },
  gc: {
    usage: "gc",
    help: "remove what no recent run uses (see --max-age); never what the latest or a pin needs",
    run: collectGarbage,
  },
};

/** @throws {UsageError} when `name` is no run's */
async function runNamed(store: string, name: string): Promise<RunRecord> {
  try {
    return await findRun(store, name);
  } catch (error) {
    throw error instanceof PipelineError ? new UsageError(error.message) : error;
  }
}

/** Names under which runs are pinned, by run. */
async function pinsByRun(store: string): Promise<Map<string, string[]>> {
  const pins = await listPins(store);
  return Map.groupBy(pins.keys(), (name) => pins.get(name)!);
}

async function showRuns(
  { flags, operands: [name], store, json, say }: CommandContext,
): Promise<number> {
  const runs = name === undefined ? await listRuns(store) : [await runNamed(store, name)];
  if (runs.length === 0 && !flags.json) say(`there are no runs in ${store} yet`);
  const pins = await pinsByRun(store);
  for (const run of runs) {
    const names = pins.get(run.id) ?? [];
    if (flags.json) json({ ...run, pins: names });
    else {
      const said = describeRun(run) + (names.length > 0 ? `  [${names.join(", ")}]` : "");
      say(name === undefined ? said : [said, ...describeSteps(run)].join("\n"));
    }
  }
  return EXIT.done;
}

function describeRun({ id, status, seconds, steps, targets }: RunRecord): string {
  const counts = Object.entries(Object.groupBy(steps, ({ status }) => status))
    .map(([status, all]) => `${all!.length} ${status}`);
  const what = targets.length > 0 && targets.length < 4 ? ` of ${targets.join(", ")}` : "";
  return `${id}  ${status}${what} in ${formatSeconds(seconds)}: ${counts.join(", ")}`;
}

function describeSteps({ steps }: RunRecord): string[] {
  const width = nameWidth(steps.map(({ step }) => step));
  const indent = " ".repeat(width + 1);
  return steps.flatMap(({ step, status, seconds, reason, artifact, error }) => [
    `${step.padEnd(width)} ${status.padEnd(8)} ${formatSeconds(seconds).padStart(12)}  ${reason}`,
    ...(artifact ? [indent + linkTo(artifact)] : []),
    ...(error?.logFile ? [indent + linkTo(error.logFile)] : []),
  ]);
}

async function compare({ flags, operands, store, readFrom, json, say }: CommandContext) {
  if (operands.length !== 2) {
    throw new UsageError("compare takes two runs, such as `compare latest~1 latest`; see `runs`");
  }
  const before = await runNamed(store, operands[0]);
  const after = await runNamed(store, operands[1]);
  const compared = await compareRuns(store, before, after, readFrom);
  if (flags.json) compared.forEach(json);
  else say(comparisonTable([before.id, after.id], compared));
  return EXIT.done;
}

async function pinRun({ flags, operands, store, json, say }: CommandContext): Promise<number> {
  const [name, which] = operands;
  if (operands.length === 0) {
    for (const [name, run] of await listPins(store)) {
      if (flags.json) json({ name, run });
      else say(`${name}  ${run}`);
    }
    return EXIT.done;
  }
  if (operands.length !== 2) {
    throw new UsageError("pin takes a name and a run, such as `pin best latest`; see `runs`");
  }
  const { id } = await runNamed(store, which);
  await pin(store, name, id);
  if (flags.json) json({ name, run: id });
  else say(`${name} is ${id}: gc removes nothing of it`);
  return EXIT.done;
}

async function unpinRun(
  { flags, operands, store, json, say }: CommandContext,
): Promise<number> {
  if (operands.length !== 1) throw new UsageError("unpin takes the name of a pin; see `pin`");
  const [name] = operands;
  await unpin(store, name);
  if (flags.json) json({ name });
  else say(`${name} is no longer pinned`);
  return EXIT.done;
}

async function collectGarbage({ flags, store, json, say }: CommandContext): Promise<number> {
  const dryRun = flags["dry-run"] === true;
  const { "max-age": age, "max-size": size } = flags;
  const garbage = await gc(store, {
    dryRun,
    maxAge: age === undefined ? undefined : parseDuration(age),
    maxSize: size === undefined ? undefined : parseSize(size),
  });
  for (const item of garbage) {
    if (flags.json) json(item);
    else say(describeGarbage(item));
  }
  const bytes = garbage.reduce((sum, { bytes }) => sum + bytes, 0);
  if (!flags.json) say(`${formatSize(bytes)} ${dryRun ? "would be removed" : "removed"}`);
  return EXIT.done;
}

const describeGarbage = ({ bytes, what, path }: Garbage) =>
  `${formatSize(bytes).padStart(9)}  ${what.padEnd(11)}  ${path}`;
