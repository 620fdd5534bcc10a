/** Makes a step's artifact: runs the step in a draft, looks at what it wrote, and publishes it. */
import { changesBetween, describeChange } from "./explain/changes.ts";
import { kindOf, type StepDeclaration } from "./declaration.ts";
import { checkpointKeyOf, type Fingerprint, keyOf } from "./fingerprint.ts";
import { denoArguments } from "./process/permissions.ts";
import type { Request } from "./process/protocol.ts";
import { type RunContext, StepError } from "./run_context.ts";
import type { Artifact } from "./store.ts";
import { digestOfTree, missingOutputs, readTree, type Tree, without } from "./store/tree.ts";

export interface Making {
  step: StepDeclaration;
  /** By the step's own names for them. */
  inputs: Record<string, Artifact>;
  fingerprint: Fingerprint;
  /** Why it has to run. */
  reason: string;
  /** As everything is by now. */
  takeFingerprint(): Promise<Fingerprint>;
}

/** @throws {StepError} when the step fails */
export async function makeArtifact(making: Making, context: RunContext): Promise<Artifact> {
  const { step, fingerprint } = making;
  const { session: { store, closures }, run, onFailure } = context;
  const started = performance.now();
  const draft = store.draft(kindOf(step));
  try {
    const result = await execute(making, context, draft);
    const tree = await checkedTree(draft, step);
    return await store.publish(draft, {
      step: kindOf(step),
      key: keyOf(fingerprint),
      fingerprint,
      texts: (await closures.of(step.module)).texts,
      tree,
      content: digestOfTree(tree),
      digest: digestOfTree(without(tree, fingerprint.notInDigest)),
      checkpoints: checkpointKeyOf(fingerprint, step),
      result,
      made: {
        run,
        at: new Date().toISOString(),
        seconds: (performance.now() - started) / 1000,
        deno: Deno.version.deno,
        platform: Deno.build.target,
      },
    });
  } catch (error) {
    store.discard(draft);
    onFailure(step.name);
    throw error;
  }
}

/** Runs the step's process and makes sure that it ran what the fingerprint says. */
async function execute(making: Making, context: RunContext, output: string) {
  const { step, inputs, fingerprint, reason, takeFingerprint } = making;
  const { session: { closures, fingerprinter }, inputCheck, executor, folder, emit, signal } =
    context;
  await inputCheck.check(inputs);
  const request = requestFor(making, context, output);
  const hidden = Object.values(inputs).flatMap(({ path, manifest }) =>
    manifest.fingerprint.notInDigest.map((name) => `${path}/${name}`)
  );
  const work = {
    module: step.module,
    arguments: denoArguments(step, request, await closures.of(step.module), hidden),
    request,
    logFile: `${folder}/${step.name}.log`,
  };
  emit({ type: "step_started", step: step.name, reason });
  const outcome = await executor.execute(work, {
    signal,
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
    throw new StepError(outcome.error);
  }
  // Code was loaded at the start and may be edited since; what the step read must have stayed.
  const externals = await fingerprinter.externalsOf(step, request.parameters);
  assertUnchanged(fingerprint, { ...fingerprint, externals });
  return outcome.result;
}

function requestFor(
  { step, inputs, fingerprint }: Making,
  { session: { store, parameters, forced }, run }: RunContext,
  output: string,
): Request {
  const kind = kindOf(step);
  const checkpoints = checkpointKeyOf(fingerprint, step);
  return {
    step: kind,
    parameters: parameters[step.name],
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, { path }]) => [name, path])),
    output,
    checkpoints: checkpoints && store.checkpoints(kind, checkpoints, run, forced.has(step.name)),
  };
}

async function checkedTree(draft: string, { outputs }: StepDeclaration): Promise<Tree> {
  const tree = await readTree(draft);
  const missing = missingOutputs(tree, outputs);
  if (missing.length === 0) return tree;
  const wrote = tree.files.slice(0, 5).map(({ path }) => path).join(", ") || "nothing";
  throw new Error(`it ended without writing ${missing.join(", ")} (it wrote ${wrote})`);
}

function assertUnchanged(before: Fingerprint, after: Fingerprint): void {
  const changes = changesBetween(before, after).map(describeChange);
  if (changes.length > 0) {
    throw new Error(`while it ran, ${changes[0]}: run again to have a result that is true`);
  }
}
