/** `pipeline` and the steps by name: runs them and shows how it goes. */
import * as v from "valibot";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { run as runPipeline } from "../../pipeline/run.ts";
import type { RunRecord, StepRecord } from "../../pipeline/run_record.ts";
import { isAddress } from "../../pipeline/store/remote/address.ts";
import { type Conclusion, type Program, withSettings } from "../cli/application.ts";
import { anyOperands, type ContextOf, defineCommand } from "../cli/command.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";
import { executorFor } from "../cluster.ts";
import { checkAddress, shownAddress } from "../cli/paths.ts";
import { formatSeconds, nameWidth } from "../cli/event_lines.ts";
import { newRenderer } from "../cli/new_renderer.ts";
import { paragraph } from "../cli/paragraph.ts";
import { requestedPipeline } from "../cli/requested_pipeline.ts";
import { EXECUTION, RUN, STORES, SWEEP } from "../cli/shared_flags.ts";
import { checkRunName, nameRun } from "./run_name.ts";

export const RUN_FLAGS = v.object({
  ...SWEEP.entries,
  ...RUN.entries,
  ...EXECUTION.entries,
  ...STORES.entries,
});

export type RunContext = ContextOf<typeof RUN_FLAGS>;

export const run = (program: Program) =>
  defineCommand({
    name: "pipeline",
    alias: "run",
    group: "Train",
    summary: "run the whole pipeline, or the named steps and what they need",
    operands: { schema: anyOperands, usage: "[STEP…]", takes: "names of steps" },
    flags: withSettings(program, RUN_FLAGS),
    run: (context) => runSteps(program, context),
  });

export async function runSteps(program: Program, context: RunContext): Promise<number> {
  const { status, sharing } = await runRequested(program, context);
  if (status === "interrupted") return EXIT.interrupted;
  const isShared = !sharing || sharing.failed.length === 0;
  return status === "done" && isShared ? EXIT.done : EXIT.failed;
}

/**
 * Runs what was asked for, shows how it goes, and says what came of it.
 *
 * @param isForetold whether it was said already what is to be expected
 */
export async function runRequested(
  program: Program,
  context: RunContext,
  isForetold = false,
): Promise<RunRecord> {
  const { flags, operands, typed, store, readFrom, signal, json, say, warn } = context;
  if (flags.name !== undefined) await checkRunName(store, flags.name, flags.force);
  const { pipeline, parameters, targets, notes, conclude } = await requestedPipeline(
    program,
    context,
    operands,
  );
  if (flags.share !== undefined) checkShare(flags.share);
  for (const note of notes) say(await paragraph(note));
  await using executor = await executorFor(flags, store);
  const renderer = await newRenderer();
  const show = (event: PipelineEvent) => {
    renderer.show(event);
    if (flags.json) json(event);
  };
  const over = new AbortController();
  const onEvent = (event: PipelineEvent) => {
    show(event);
    if (event.type !== "step_started" || isForetold) return;
    const { step } = event;
    const at = { folder: context.folder, store, signal: over.signal };
    program.expect?.(step, flags, at).then((text) => {
      if (text && !over.signal.aborted) show({ type: "step_log", step, text });
    }, () => {}); // the step itself says what is wrong
  };
  let record: RunRecord;
  try {
    record = await runPipeline(pipeline, {
      store,
      readFrom,
      parameters,
      targets,
      jobs: flags.jobs,
      force: flags.force,
      keepGoing: flags["keep-going"],
      share: flags.share,
      signal,
      onEvent,
      ...executor && { executor },
    });
  } finally {
    over.abort();
    renderer.close();
  }
  for (const step of record.steps) {
    if (!step.error) continue;
    const failure = record.status === "done"
      ? `\nIt went on without ${step.step}: ${step.error.message}`
      : describeFailure(step, flags.verbose, typed);
    warn(await paragraph(failure));
  }
  if (!flags.json) {
    if (flags.verbose) sayFolders(record, context);
    say(`${record.status} in ${formatSeconds(record.seconds)}`);
  }
  if (record.sharing) saySharing(record.sharing, context);
  const named = flags.name === undefined ? [] : [await nameRun(store, flags.name, record)];
  await sayConclusion([...await conclude(record) ?? [], ...named], context);
  return record;
}

/** @throws {UsageError} for what cannot be written to */
function checkShare(address: string): void {
  if (isAddress(address) && !/^https?:/i.test(address)) {
    return void checkAddress("--share", address);
  }
  throw new UsageError(
    `--share is "${shownAddress(address)}", which is not written to: name s3://BUCKET/PREFIX` +
      (isAddress(address) ? "" : "; a folder that a team can write to is shared by --store"),
  );
}

/** What others can take from now on, and what not. */
function saySharing(
  { to, shared, failed }: NonNullable<RunRecord["sharing"]>,
  { flags, say, warn }: RunContext,
): void {
  if (failed.length > 0) {
    const steps = failed.map(({ step }) => step).join(", ");
    warn(
      `\nNot shared with ${to}: ${steps}: ${failed[0].reason}\n` +
        "They are in the store of your own: run again to share them",
    );
  }
  if (flags.json || shared.length === 0) return;
  const sent = shared.filter(({ files }) => files > 0);
  const bytes = sent.reduce((sum, { bytes }) => sum + bytes, 0);
  const there = shared.length - sent.length;
  const were = there > 0 ? `; ${there} were there` : "";
  say(`shared with ${to}: ${sent.length} results (${(bytes / 1e6).toFixed(1)} MB)${were}`);
}

/** Its own error first, then the end of its log, where the rest is, and how to try again. */
function describeFailure(
  { step, kind, error }: StepRecord,
  verbose: boolean,
  typed: readonly string[],
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

type Saying = Pick<RunContext, "say" | "sayPath">;

/** Where each step's result lies: for who looks into the store. */
function sayFolders({ steps }: RunRecord, { say, sayPath }: Saying): void {
  // Of a sweep, what its settings share: they themselves are many, and `runs` has them.
  const results = steps.filter(({ artifact, kind }) => artifact && !kind);
  const width = nameWidth(results.map(({ step }) => step));
  if (results.length > 0) say("\nResults:");
  for (const { step, artifact } of results) sayPath(artifact!, `  ${step.padEnd(width)} `);
}

async function sayConclusion(
  lines: Conclusion,
  { say, sayPath }: Saying,
): Promise<void> {
  if (lines.length > 0) say("");
  for (const line of lines) {
    if (typeof line === "string") say(await paragraph(line));
    else sayPath(line.path, line.text);
  }
}
