/** `deno task runs [RUN]`: past runs, or one of them step by step. */
import * as v from "valibot";
import { printable } from "../../pipeline/process/printable.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import { listRuns } from "../../pipeline/upkeep/history.ts";
import { listPins } from "../../pipeline/upkeep/pins.ts";
import { type CommandContext, defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { formatSeconds, nameWidth } from "../cli/event_lines.ts";
import { STORE } from "../cli/shared_flags.ts";
import { openStore } from "../../pipeline/implementations.ts";
import { type RunState, runState } from "../home/run_state.ts";
import { hasModel, runSummary } from "../run_summary.ts";
import { runNamed } from "./run_named.ts";

export const runs = defineCommand({
  name: "runs",
  group: "Look",
  summary: "list past runs, the newest first; or show one, step by step",
  operands: {
    schema: v.union([v.strictTuple([]), v.strictTuple([v.string()])]),
    usage: "[RUN]",
    takes: "at most one run, such as `runs latest`",
  },
  flags: STORE,
  async run(context) {
    const { flags, operands: [name], store, json, say } = context;
    const runs = name === undefined ? await listRuns(store) : [await runNamed(store, name)];
    if (runs.length === 0 && !flags.json) say(`there are no runs in ${store} yet`);
    const pins = await pinsByRun(store);
    const current = runs.find(hasModel);
    for (const run of runs) {
      const names = pins.get(run.id) ?? [];
      const state = await runState(openStore(store).runs, run);
      if (flags.json) json({ ...run, pins: names, state });
      else {
        const said = describeRun(run, state) + (names.length > 0 ? `  [${names.join(", ")}]` : "");
        const summary = runSummary(run);
        const isCurrent = name === undefined && run === current;
        say(said);
        if (summary) say(printable(`  ${summary}${isCurrent ? "  (predict asks this one)" : ""}`));
        if (name !== undefined) saySteps(run, context);
      }
    }
    return EXIT.done;
  },
});

/** Names under which runs are pinned, by run. */
async function pinsByRun(store: string): Promise<Map<string, string[]>> {
  const pins = await listPins(store);
  return Map.groupBy(pins.keys(), (name) => pins.get(name)!);
}

/** @param state as it is: a record cannot tell that its run was killed */
function describeRun({ id, seconds, steps, targets }: RunRecord, state: RunState): string {
  const counts = Object.entries(Object.groupBy(steps, ({ status }) => status))
    .map(([status, all]) => `${all!.length} ${status}`);
  const what = targets.length > 0 && targets.length < 4 ? ` of ${targets.join(", ")}` : "";
  const lasted = state === "running" || state === "killed" ? "" : ` in ${formatSeconds(seconds)}`;
  return `${id}  ${state}${what}${lasted}: ${counts.join(", ") || "no step finished"}`;
}

function saySteps(
  { steps }: RunRecord,
  { say, sayPath }: Pick<CommandContext<unknown>, "say" | "sayPath">,
): void {
  const width = nameWidth(steps.map(({ step }) => step));
  const indent = " ".repeat(width + 1);
  for (const { step, status, seconds, reason, artifact, error } of steps) {
    say(
      `${step.padEnd(width)} ${status.padEnd(8)} ${formatSeconds(seconds).padStart(12)}  ${reason}`,
    );
    for (const path of [artifact, error?.logFile]) if (path) sayPath(path, indent);
  }
}
