/** Brings one step up to date: from the store, or by running it. */
import { type Json, kindOf, type StepDeclaration } from "./declaration.ts";
import type { PipelineEvent, StepFailure } from "./events.ts";
import type { Executor } from "./executor.ts";
import { checkpointKeyOf, type Fingerprint, keyOf } from "./fingerprint.ts";
import type { InputCheck } from "./input_check.ts";
import { denoArguments } from "./permissions.ts";
import { LOOKUP_MAX_AGE_MS } from "./plan.ts";
import type { ResourcePool } from "./resource_pool.ts";
import type { Session } from "./session.ts";
import type { Artifact } from "./store.ts";
import { digestOfTree, missingOutputs, readTree, type Tree, without } from "./tree.ts";
import { changesBetween, describeChange } from "./changes.ts";
import { explain, whyCached } from "./why.ts";

const MADE_MEANWHILE = "another run made it";

/** What the steps of a run share. */
export interface RunContext {
  session: Session;
  run: string;
  /** The run's folder, for logs. */
  folder: string;
  executor: Executor;
  pool: ResourcePool;
  inputCheck: InputCheck;
  emit: (event: PipelineEvent) => void;
  /** Ends the step's process. */
  signal?: AbortSignal;
  /** Ends waiting for locks and resources. */
  giveUp: AbortSignal;
  /** Told of a failure before the failed step's room is given to another one. */
  onFailure: (step: string) => void;
}

/** The step's process failed; what it left to say. */
export class StepError extends Error {
  constructor(readonly failure: StepFailure) {
    super(failure.message);
  }
}

export interface UpToDate {
  status: "ran" | "cached";
  artifact: Artifact;
  reason: string;
}

export class StepRun {
  readonly #name: string;
  /** What its artifacts are filed under. */
  readonly #kind: string;
  readonly #parameters: Json;
  readonly #forced: boolean;
  /** Digest of each upstream artifact. */
  readonly #inputDigests: Record<string, string>;

  constructor(
    private readonly step: StepDeclaration,
    /** By the step's own names for them. */
    private readonly inputs: Record<string, Artifact>,
    private readonly context: RunContext,
  ) {
    this.#name = step.name;
    this.#kind = kindOf(step);
    this.#parameters = context.session.parameters[step.name];
    this.#forced = context.session.forced.has(step.name);
    this.#inputDigests = mapValues(inputs, ({ manifest }) => manifest.digest);
  }

  /**
   * @throws {StepError} when the step fails
   * @throws whatever `giveUp` or `signal` was aborted with
   */
  async bringUpToDate(): Promise<UpToDate> {
    const { session: { store, closures }, giveUp, emit } = this.context;
    const onWait = () =>
      emit({ type: "step_log", step: this.#name, text: "another run makes it: waiting" });
    for (let waited = false;; waited = true) {
      const fingerprint = await this.#takeFingerprint(LOOKUP_MAX_AGE_MS);
      const key = keyOf(fingerprint);
      const { artifact } = store.find(this.#kind, key);
      if (artifact && !this.#forced) {
        const closure = await closures.of(this.step.module, LOOKUP_MAX_AGE_MS);
        const reason = waited ? MADE_MEANWHILE : whyCached(artifact.manifest, closure);
        return { status: "cached", artifact, reason };
      }
      const made = await this.#makeAlone(fingerprint, key);
      if (made) return made;
      // Another run makes it. The wait for its end takes up no room here.
      const options = { signal: giveUp, onWait };
      (await store.lock(this.#kind, this.#lockKey(fingerprint), options))[Symbol.dispose]();
    }
  }

  /** Undefined when another run is at it, or when the key is no longer right. */
  async #makeAlone(fingerprint: Fingerprint, key: string): Promise<UpToDate | undefined> {
    const { session: { store, closures, codeTexts }, pool, giveUp } = this.context;
    using _room = await pool.acquire(this.step.resources, giveUp);
    using alone = await store.tryLock(this.#kind, this.#lockKey(fingerprint));
    giveUp.throwIfAborted();
    // The wait may have been long: code may have been edited, others may have made the artifact.
    if (!alone || keyOf(await this.#takeFingerprint()) !== key) return;
    const lookup = store.find(this.#kind, key);
    if (lookup.artifact && !this.#forced) {
      return { status: "cached", artifact: lookup.artifact, reason: MADE_MEANWHILE };
    }
    const { root } = await closures.of(this.step.module, LOOKUP_MAX_AGE_MS);
    const { reason } = explain(
      fingerprint,
      store,
      lookup,
      this.#forced,
      (changes) => codeTexts.count(changes, root),
    );
    codeTexts.keep(fingerprint, root);
    return { status: "ran", artifact: await this.#make(fingerprint, reason), reason };
  }

  #takeFingerprint(maxAge = 0): Promise<Fingerprint> {
    const { fingerprinter } = this.context.session;
    return fingerprinter.take(this.step, this.#parameters, this.#inputDigests, maxAge);
  }

  /** Attempts that share checkpoints take turns: the next one goes on where the last one ended. */
  #lockKey(fingerprint: Fingerprint): string {
    return this.#checkpointKey(fingerprint) ?? keyOf(fingerprint);
  }

  #checkpointKey(fingerprint: Fingerprint): string | undefined {
    const { checkpointsAcross } = this.step;
    return checkpointsAcross && checkpointKeyOf(fingerprint, checkpointsAcross);
  }

  async #make(fingerprint: Fingerprint, reason: string): Promise<Artifact> {
    const { session: { store, closures }, run, onFailure } = this.context;
    const started = performance.now();
    const draft = store.draft(this.#kind);
    try {
      const result = await this.#execute(draft, fingerprint, reason);
      const tree = await this.#checkedTree(draft);
      return await store.publish(draft, {
        step: this.#kind,
        key: keyOf(fingerprint),
        fingerprint,
        texts: (await closures.of(this.step.module)).texts,
        tree,
        content: digestOfTree(tree),
        digest: digestOfTree(without(tree, fingerprint.notInDigest)),
        checkpoints: this.#checkpointKey(fingerprint),
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
      onFailure(this.#name);
      throw error;
    }
  }

  /** Runs the step's process and makes sure that it ran what the fingerprint says. */
  async #execute(output: string, fingerprint: Fingerprint, reason: string) {
    const { session: { store, closures, fingerprinter }, executor, run, folder, emit, signal } =
      this.context;
    const { step } = this;
    await this.context.inputCheck.check(this.inputs);
    const checkpointKey = this.#checkpointKey(fingerprint);
    const request = {
      step: this.#kind,
      parameters: this.#parameters,
      inputs: mapValues(this.inputs, ({ path }) => path),
      output,
      checkpoints: checkpointKey &&
        store.checkpoints(this.#kind, checkpointKey, run, this.#forced),
    };
    const hidden = Object.values(this.inputs).flatMap(({ path, manifest }) =>
      manifest.fingerprint.notInDigest.map((name) => `${path}/${name}`)
    );
    const work = {
      module: step.module,
      arguments: denoArguments(step, request, await closures.of(step.module), hidden),
      request,
      logFile: `${folder}/${this.#name}.log`,
    };
    emit({ type: "step_started", step: this.#name, reason });
    const outcome = await executor.execute(work, {
      signal,
      onReady: async () => assertUnchanged(fingerprint, await this.#takeFingerprint()),
      onMessage: (message) => {
        if (message.type === "progress") {
          emit({ ...message.progress, type: "step_progress", step: this.#name });
        } else if (message.type === "log") {
          emit({ type: "step_log", step: this.#name, text: message.text });
        }
      },
    });
    if (outcome.status === "failed") {
      signal?.throwIfAborted();
      throw new StepError(outcome.error);
    }
    // Code was loaded at the start and may be edited since; what the step read must have stayed.
    const externals = await fingerprinter.externalsOf(step, this.#parameters);
    assertUnchanged(fingerprint, { ...fingerprint, externals });
    return outcome.result;
  }

  async #checkedTree(draft: string): Promise<Tree> {
    const tree = await readTree(draft);
    const missing = missingOutputs(tree, this.step.outputs);
    if (missing.length === 0) return tree;
    const wrote = tree.files.slice(0, 5).map(({ path }) => path).join(", ") || "nothing";
    throw new Error(`it ended without writing ${missing.join(", ")} (it wrote ${wrote})`);
  }
}

function assertUnchanged(before: Fingerprint, after: Fingerprint): void {
  const changes = changesBetween(before, after).map(describeChange);
  if (changes.length > 0) {
    throw new Error(`while it ran, ${changes[0]}: run again to have a result that is true`);
  }
}

const mapValues = <A, B>(record: Record<string, A>, f: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));
