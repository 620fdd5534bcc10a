/** `pipeline` and the steps by name: runs them and shows how it goes. */
import { type PipelineEvent, run, type RunRecord, type StepRecord } from "../pipeline/mod.ts";
import type { Application, CommandContext } from "./application.ts";
import { EXIT } from "./exit.ts";
import { formatSeconds, NAME_WIDTH, PlainRenderer, TerminalRenderer } from "./render.ts";
import { checkSteps } from "./steps.ts";

export async function runSteps(app: Application, context: CommandContext): Promise<number> {
  const { flags, operands, folder, store, signal, json, say } = context;
  const targets = checkSteps(app, operands);
  const { parameters, notes } = await app.configure(flags, folder, store);
  notes.forEach(say);
  const renderer = Deno.stderr.isTerminal() ? new TerminalRenderer() : new PlainRenderer();
  const onEvent = (event: PipelineEvent) => {
    renderer.show(event);
    if (flags.json) json(event);
  };
  let record: RunRecord;
  try {
    record = await run(app.pipeline, {
      store,
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
    if (step.error) console.error(describeFailure(step, flags.verbose === true));
  }
  if (!flags.json) sayResults(record, say);
  if (record.status === "interrupted") return EXIT.interrupted;
  return record.status === "done" ? EXIT.done : EXIT.failed;
}

/** Its own error first, then the end of its log, where the rest is, and how to try again. */
function describeFailure({ step, error }: StepRecord, verbose: boolean): string {
  const { message, stack, logTail, logFile } = error!;
  return [
    "",
    `${step} failed: ${verbose && stack ? stack : message}`,
    ...(logTail.length > 0 ? ["", ...logTail.map((line) => `  | ${line}`)] : []),
    ...(logFile ? [`Its whole log: ${logFile}`] : []),
    `To run it again: deno task ${step}, with the same flags`,
  ].join("\n");
}

function sayResults({ status, seconds, steps }: RunRecord, say: (line: string) => void): void {
  const results = steps.filter(({ artifact }) => artifact);
  if (results.length > 0) say("\nResults:");
  for (const { step, artifact } of results) say(`  ${step.padEnd(NAME_WIDTH)} ${artifact}`);
  say(`${status} in ${formatSeconds(seconds)}`);
}
