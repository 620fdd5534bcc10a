/** Makes a step's artifact: runs the step in a draft, looks at what it wrote, and publishes it. */
import { resolve } from "node:path";
import { type Closure, closureOfStep } from "./code.ts";
import { concealing } from "./process/conceal.ts";
import { kindOf, type StepDeclaration } from "./declaration.ts";
import { digestOf } from "./digest.ts";
import { changesBetween, describeChange } from "./explain/changes.ts";
import { PipelineError } from "./errors.ts";
import type { Explanation } from "./explain/explain.ts";
import { checkpointKeyOf, type Fingerprint, itemCacheKeyOf, keyOf } from "./fingerprint.ts";
import { retriesOf } from "./process/attempts.ts";
import { needsOf } from "./process/needs.ts";
import { assertLinksUnchanged, placeLinks } from "./process/links.ts";
import { denoArguments } from "./process/permissions.ts";
import type { Request } from "./process/protocol.ts";
import type { Work } from "./executor.ts";
import { type RunContext, StepError } from "./run_context.ts";
import type { Artifact, Manifest, Store } from "./store.ts";
import { digestOfTree, missingOutputs, type Tree, without } from "./tree.ts";

export interface Making {
  step: StepDeclaration;
  /** By the step's own names for them. */
  inputs: Record<string, Artifact>;
  fingerprint: Fingerprint;
  /** The code that the fingerprint is of; it is looked at anew once the process has loaded its own. */
  closure: Closure;
  /** From 1 on. */
  attempt: number;
  /** Why it has to run. */
  explanation: Explanation;
  /** As everything is by now. */
  takeFingerprint(): Promise<Fingerprint>;
}

/** @throws {StepError} when the step fails */
export async function makeArtifact(making: Making, context: RunContext): Promise<Artifact> {
  const { step, fingerprint } = making;
  const { session: { store, code }, run } = context;
  const started = performance.now();
  const draft = await store.draft(kindOf(step));
  try {
    for (const [name, module] of Object.entries(step.helpers ?? {})) {
      assertReached(await code.closureOf(module), fingerprint, `its helper "${name}" is`);
    }
    const itemCaches = await itemCachesOf(making, context);
    const { result, texts, content, seconds } = await execute(making, itemCaches, context, draft);
    // Links are made here, of what arrived.
    if (step.linked && content) assertArrived(await store.seal(draft), content);
    const linked = linksOf(making, context, draft) ? step.linked : undefined;
    const tree = await checkedTree(store, draft, step, linked);
    if (!step.linked) assertArrived(tree, content);
    await assertWhatItReadStayed(making, context);
    return await store.publish(draft, {
      step: kindOf(step),
      key: keyOf(fingerprint),
      fingerprint,
      texts,
      tree,
      content: digestOfTree(tree),
      digest: digestOfTree(without(tree, fingerprint.notInDigest)),
      checkpoints: checkpointKeyOf(fingerprint, step),
      itemCaches,
      ...linked && { linked },
      result,
      made: {
        run,
        at: new Date().toISOString(),
        seconds: seconds ?? (performance.now() - started) / 1000,
        deno: Deno.version.deno,
        platform: Deno.build.target,
      },
    });
  } catch (error) {
    await store.discard(draft);
    throw error;
  }
}

/** Runs the step's process and makes sure that it ran what the fingerprint says. */
async function execute(
  making: Making,
  itemCaches: ItemCacheKeys,
  context: RunContext,
  output: string,
) {
  const { step, inputs, fingerprint, closure, attempt, explanation, takeFingerprint } = making;
  const { session: { forced }, inputCheck, executor, folder, emit, signal, giveUp } = context;
  await inputCheck.check(inputs);
  const request = await requestFor(making, itemCaches, context, output);
  const hidden = Object.fromEntries(
    Object.entries(inputs).map(([name, { manifest }]) => [name, manifest.fingerprint.notInDigest]),
  );
  const needs = needsOf(step, request.parameters);
  const { timeLimit } = needs;
  const work = {
    ...needs,
    key: keyOf(fingerprint),
    afresh: forced.has(step.name) && attempt === 1,
    code: codeOf(closure),
    environment: [
      ...step.environment?.(request.parameters) ?? [],
      ...step.passEnvironment?.(request.parameters) ?? [],
    ],
    module: step.module,
    argumentsFor: (request: Request, inputs?: string) =>
      denoArguments(step, request, closure, hidden, inputs === undefined ? inputs : [inputs]),
    request,
    helpers: step.helpers,
    reusable: mayBeReused(step)
      ? digestOf([fingerprint.files, fingerprint.packages, fingerprint.environment])
      : undefined,
    logFile: `${folder}/${step.name}.log`,
    conceal: concealing(step, request.parameters),
  };
  const { reason, why, changes } = explanation;
  if (attempt === 1) {
    const retries = retriesOf(step, request.parameters);
    const limits = { ...timeLimit !== undefined && { timeLimit }, ...retries && { retries } };
    emit({ type: "step_started", step: step.name, reason, why, changes, ...limits });
  }
  let changed: Error | undefined;
  const outcome = await executor.execute(work, {
    signal,
    giveUp,
    onReady: async () => {
      try {
        assertUnchanged(fingerprint, await takeFingerprint());
      } catch (error) {
        throw changed = error as Error;
      }
    },
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
    if (changed) throw changed;
    throw new StepError(outcome.error);
  }
  const { result, content, seconds } = outcome;
  return { result, texts: closure.texts, content, seconds };
}

/** All of a step's own files, as far as bytes alone tell whether they are still the same. */
const codeOf = ({ root, files, texts }: Closure): Work["code"] =>
  Object.fromEntries(
    Object.entries({ ...files, ...texts }).map(([path, digest]) => [resolve(root, path), digest]),
  );

/** @throws {StepError} for what another machine wrote and is not what is there */
function assertArrived(tree: Tree, content: string | undefined): void {
  if (content === undefined || digestOfTree(tree) === content) return;
  const message =
    "what its machine wrote is not what arrived here: the file system lost some of it";
  throw new StepError({ message, cause: "lost", logTail: [] });
}

/** Code was loaded at the start and may be edited since; what the step read must have stayed. */
async function assertWhatItReadStayed(
  { step, inputs, fingerprint }: Making,
  { session: { fingerprinter, code, parameters } }: RunContext,
): Promise<void> {
  const externals = await fingerprinter.externalsOf(step, parameters[step.name]);
  assertUnchanged(fingerprint, { ...fingerprint, externals });
  await assertLinksUnchanged(inputs, step.reads ?? {}, code);
}

/** Makes the links that the step asked for. */
function linksOf(
  { step }: Making,
  { session: { parameters } }: RunContext,
  draft: string,
): boolean {
  if (!step.linked) return false;
  return placeLinks(draft, step.linked, step.externals?.(parameters[step.name]) ?? []);
}

/** Not of what keeps something of its own, is told secrets, sees the world outside, or not all inputs. */
function mayBeReused(step: StepDeclaration): boolean {
  const { reusable = false, conceal, permissions, reads } = step;
  const keepsOfItsOwn = step.checkpointsAcross || step.itemCache || step.helpers || step.earlier;
  return reusable && !conceal && !keepsOfItsOwn && !permissions && !reads;
}

type ItemCacheKeys = Manifest["itemCaches"];

/** @throws {PipelineError} for a cache of what the step cannot call */
async function itemCachesOf(
  { step, fingerprint }: Making,
  { session: { code, parameters } }: RunContext,
): Promise<ItemCacheKeys> {
  if (!step.itemCache) return undefined;
  const keys: Record<string, string> = {};
  for (const [name, module] of Object.entries(step.itemCache)) {
    const { preload } = step;
    const closure = await closureOfStep(code, { module, preload }, parameters[step.name]);
    assertReached(closure, fingerprint, `its itemCache "${name}" is of`);
    keys[name] = itemCacheKeyOf(fingerprint, closure);
  }
  return keys;
}

/** @throws {PipelineError} for code that is not in the step's key */
function assertReached({ module }: Closure, { files }: Fingerprint, what: string): void {
  if (module in files) return;
  throw new PipelineError(`${what} ${module}, which the step does not import`);
}

/** Folders of the newest artifacts of the step's kind, as far as they are whole. */
async function earlierOf(
  { step }: Making,
  { session: { store, forced, reuseItems } }: RunContext,
): Promise<string[]> {
  if (!step.earlier || (forced.has(step.name) && !reuseItems)) return [];
  const kind = kindOf(step);
  const found = (await store.manifests(kind, step.earlier)).map(({ key }) => store.find(kind, key));
  return (await Promise.all(found)).flatMap(({ artifact }) => artifact ? [artifact.path] : []);
}

async function requestFor(
  making: Making,
  itemCaches: ItemCacheKeys = {},
  context: RunContext,
  output: string,
): Promise<Request> {
  const { step, inputs, fingerprint, attempt } = making;
  const { session: { store, parameters, forced, reuseItems }, run } = context;
  const kind = kindOf(step);
  const checkpoints = checkpointKeyOf(fingerprint, step);
  const caches: Request["itemCaches"] = {};
  for (const [name, key] of Object.entries(itemCaches)) {
    const folder = await store.itemCache(name, key, run);
    caches[name] = { folder, afresh: forced.has(step.name) && !reuseItems };
  }
  return {
    step: kind,
    parameters: parameters[step.name],
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, { path }]) => [name, path])),
    output,
    checkpoints: checkpoints &&
      await store.checkpoints(kind, checkpoints, run, attempt === 1 && forced.has(step.name)),
    itemCaches: caches,
    earlier: await earlierOf(making, context),
  };
}

async function checkedTree(
  store: Store,
  draft: string,
  { outputs }: StepDeclaration,
  linked?: readonly string[],
): Promise<Tree> {
  const tree = await store.seal(draft, linked);
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
