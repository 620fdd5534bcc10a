/** `pipeline` and the steps by name: runs them and shows how it goes. */
import type { PipelineEvent } from "../../pipeline/events.ts";
import { run } from "../../pipeline/run.ts";
import type { RunRecord, StepRecord } from "../../pipeline/run_record.ts";
import type { Application, CommandContext } from "../cli/application.ts";
import { configure } from "../cli/configuration.ts";
import { EXIT } from "../cli/exit.ts";
import type { Flags } from "../cli/flags.ts";
import { formatSeconds, nameWidth, newRenderer } from "../cli/render.ts";

export async function runSteps(app: Application, context: CommandContext): Promise<number> {
  const { flags, store, readFrom, signal, json, say } = context;
  const { pipeline, parameters, targets, notes, conclude } = await configure(app, context);
  notes.forEach(say);
  const renderer = newRenderer();
  const onEvent = (event: PipelineEvent) => {
    renderer.show(event);
    if (flags.json) json(event);
  };
  let record: RunRecord;
  try {
    record = await run(pipeline, {
      store,
      readFrom,
      parameters,
      targets,
      jobs: flags.jobs ? Number(flags.jobs) : undefined,
      force: flags.force,
      keepGoing: flags["keep-going"],
      signal,
      onEvent,
    });
  } finally {
    renderer.close();
  }
  for (const step of record.steps) {
    if (step.error) console.error(describeFailure(step, flags));
  }
  if (!flags.json) sayResults(record, say);
  const conclusion = conclude?.(record);
  if (conclusion) say(`\n${conclusion}`);
  if (record.status === "interrupted") return EXIT.interrupted;
  return record.status === "done" ? EXIT.done : EXIT.failed;
}

/** Its own error first, then the end of its log, where the rest is, and how to try again. */
function describeFailure(
  { step, kind, error }: StepRecord,
  { verbose, typed }: Flags,
): string {
  const { message, stack, logTail, logFile } = error!;
  return [
    "",
    `${step} failed: ${verbose && stack ? stack : message}`,
    ...(logTail.length > 0 ? ["", ...logTail.map((line) => `  | ${line}`)] : []),
    ...(logFile ? [`Its whole log: ${logFile}`] : []),
    `To run it again: ${["deno task", ...kind ? ["pipeline"] : [], step, ...typed].join(" ")}`,
  ].join("\n");
}

function sayResults({ status, seconds, steps }: RunRecord, say: (line: string) => void): void {
  // Of a sweep, what its settings share: they themselves are many, and `runs` has them.
  const results = steps.filter(({ artifact, kind }) => artifact && !kind);
  const width = nameWidth(results.map(({ step }) => step));
  if (results.length > 0) say("\nResults:");
  for (const { step, artifact } of results) say(`  ${step.padEnd(width)} ${artifact}`);
  say(`${status} in ${formatSeconds(seconds)}`);
}
