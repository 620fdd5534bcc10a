/** Brings one step up to date: from the store, or by running it. */
import type { StepDeclaration } from "./declaration.ts";
import type { PipelineEvent, StepFailure } from "./events.ts";
import type { Executor } from "./executor.ts";
import { type Fingerprint, keyOf } from "./fingerprint.ts";
import { denoArguments } from "./permissions.ts";
import { CACHED } from "./plan.ts";
import type { ResourcePool } from "./resource_pool.ts";
import type { Session } from "./session.ts";
import type { Artifact } from "./store.ts";
import { digestOfTree, missingOutputs, readTree } from "./tree.ts";
import { changesBetween, describeChange, explain } from "./why.ts";

export interface StepRun {
  session: Session;
  run: string;
  /** The run's folder, for logs. */
  folder: string;
  executor: Executor;
  pool: ResourcePool;
  emit: (event: PipelineEvent) => void;
  /** Ends the step's process. */
  signal?: AbortSignal;
  /** Ends waiting for locks and resources. */
  giveUp: AbortSignal;
}

/** A step could not do its work: its own fault, not the orchestrator's. */
export class StepError extends Error {
  constructor(readonly failure: StepFailure, readonly reason: string) {
    super(failure.message);
  }
}

export interface UpToDate {
  status: "ran" | "cached";
  artifact: Artifact;
  reason: string;
}

/**
 * @throws {StepError} when the step fails
 * @throws whatever `giveUp` was aborted with
 */
export async function bringUpToDate(
  step: StepDeclaration,
  inputs: Record<string, Artifact>,
  context: StepRun,
): Promise<UpToDate> {
  const { session: { store, fingerprinter, parameters, forced }, pool, giveUp, emit } = context;
  const force = forced.has(step.name);
  const digests = Object.fromEntries(
    Object.entries(inputs).map(([name, { manifest }]) => [name, manifest.digest]),
  );
  const takeFingerprint = () => fingerprinter.take(step, parameters[step.name], digests);
  for (;;) {
    const fingerprint = await takeFingerprint();
    const key = keyOf(fingerprint);
    const before = store.find(step.name, key);
    if (before.artifact && !force) {
      return { status: "cached", artifact: before.artifact, reason: CACHED };
    }
    using _lock = await store.lock(step.name, key, {
      signal: giveUp,
      onWait: () =>
        emit({ type: "step_log", step: step.name, text: "another run makes it: waiting" }),
    });
    using _room = await pool.acquire(step.resources, giveUp);
    giveUp.throwIfAborted();
    // The wait may have been long: code may have been edited, others may have made the artifact.
    if (keyOf(await takeFingerprint()) !== key) continue;
    const lookup = store.find(step.name, key);
    if (lookup.artifact && !force) {
      return { status: "cached", artifact: lookup.artifact, reason: "another run made it" };
    }
    const { reason } = explain(fingerprint, store, lookup, force);
    const artifact = await make(step, inputs, fingerprint, reason, takeFingerprint, context);
    return { status: "ran", artifact, reason };
  }
}

async function make(
  step: StepDeclaration,
  inputs: Record<string, Artifact>,
  fingerprint: Fingerprint,
  reason: string,
  takeFingerprint: () => Promise<Fingerprint>,
  { session: { store, closures, fingerprinter, parameters }, run, folder, executor, emit, signal }:
    StepRun,
): Promise<Artifact> {
  const started = performance.now();
  const logFile = `${folder}/${step.name}.log`;
  const output = store.draft(step.name);
  const request = {
    step: step.name,
    parameters: parameters[step.name],
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, { path }]) => [name, path])),
    output,
  };
  try {
    const args = denoArguments(step, request, await closures.of(step.module));
    emit({ type: "step_started", step: step.name, reason });
    const outcome = await executor.execute({
      module: step.module,
      arguments: args,
      request,
      logFile,
    }, {
      signal,
      // What was loaded must be what the key says, and so must what was read.
      onReady: async () => assertUnchanged(fingerprint, await takeFingerprint()),
      onMessage: (message) => {
        if (message.type === "progress") {
          emit({ ...message.progress, type: "step_progress", step: step.name });
        } else if (message.type === "log") {
          emit({ type: "step_log", step: step.name, text: message.text });
        }
      },
    });
    if (outcome.status === "failed") {
      signal?.throwIfAborted();
      throw new StepError(outcome.error, reason);
    }
    const externals = await fingerprinter.externalsOf(step, parameters[step.name]);
    assertUnchanged(fingerprint, { ...fingerprint, externals });
    const tree = await readTree(output);
    const missing = missingOutputs(tree, step.outputs);
    if (missing.length > 0) {
      const wrote = tree.files.slice(0, 5).map(({ path }) => path).join(", ") || "nothing";
      throw new Error(`it ended without writing ${missing.join(", ")} (it wrote ${wrote})`);
    }
    return await store.publish(output, {
      step: step.name,
      key: keyOf(fingerprint),
      fingerprint,
      tree,
      digest: digestOfTree(tree),
      result: outcome.result,
      made: {
        run,
        at: new Date().toISOString(),
        seconds: (performance.now() - started) / 1000,
        deno: Deno.version.deno,
        platform: Deno.build.target,
      },
    });
  } catch (error) {
    store.discard(output);
    throw error;
  }
}

function assertUnchanged(before: Fingerprint, after: Fingerprint): void {
  const changes = changesBetween(before, after).map(describeChange);
  if (changes.length > 0) {
    throw new Error(`while it ran, ${changes[0]}: run again to have a result that is true`);
  }
}
