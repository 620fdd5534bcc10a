/** A run: every step after its inputs, as many at a time as there is room for. */
import { shownParameters } from "./process/conceal.ts";
import { inputsOf, type Resources, type StepDeclaration } from "./declaration.ts";
import { essentialSteps, type Pipeline } from "./graph.ts";
import { inStore, messageOf } from "./errors.ts";
import type { PipelineEvent, RunStatus, StepFailure } from "./events.ts";
import type { Executor } from "./executor.ts";
import type { Change } from "./explain/changes.ts";
import { openExecutor } from "./implementations.ts";
import { InputCheck } from "./process/input_check.ts";
import { ResourcePool } from "./process/resource_pool.ts";
import { WatchedEvents } from "./process/watched_events.ts";
import type { RunRecord, StepRecord } from "./run_record.ts";
import { type RunContext, StepError } from "./run_context.ts";
import { StepRun } from "./run_step.ts";
import { openSession, type PipelineOptions, type Session } from "./session.ts";
import type { Artifact } from "./store.ts";
import { concealKept } from "./upkeep/conceal_kept.ts";

export interface RunOptions extends PipelineOptions {
  /** Steps at a time; as many as resources allow when left out. */
  jobs?: number;
  /** What the machine has: its cores and one GPU when left out, or what the executor says. */
  resources?: Resources;
  /** After a failure, go on with the steps that do not need the failed one. */
  keepGoing?: boolean;
  /** Interrupts the run: steps are ended within two seconds, finished ones are kept. */
  signal?: AbortSignal;
  onEvent?: (event: PipelineEvent) => void;
  /** Seconds before a failed step is tried again for the first time; 1 when left out. */
  retryWait?: number;
  executor?: Executor;
  /** Address of a store that gets what the steps' results are, such as `s3://bucket/prefix`. */
  share?: string;
}

/**
 * Brings the targets up to date: takes what the store holds, runs the rest.
 *
 * @returns the run's record; a failed step shows there, it does not throw
 * @throws {PipelineError} for wrong parameters or unknown steps, before anything runs
 * @throws {StoreError} when the store cannot be used
 */
export async function run(pipeline: Pipeline, options: RunOptions): Promise<RunRecord> {
  return await inStore(options.store, async () => {
    const session = await openSession(pipeline, options, options);
    using _notRemoved = await session.store.use({ signal: options.signal });
    await concealKept(session.steps, session.store);
    await using processes = openExecutor();
    const begun = await session.store.runs.begin();
    using attendance = await session.store.runs.attend(begun.id);
    using watched = new WatchedEvents((steps) => attendance.tell(steps), options.onEvent);
    return await new Run(pipeline, session, begun, {
      ...options,
      onEvent: watched.emit,
      executor: options.executor ?? processes,
    }).finish();
  });
}

class Run {
  readonly #started = performance.now();
  readonly #failFast = new AbortController();
  readonly #record: RunRecord;
  readonly #context: RunContext;
  readonly #essential: ReadonlySet<string>;
  #recordWritten = { at: -Infinity, took: 0 };
  #writing: Promise<void> = Promise.resolve();
  readonly #shares: Promise<void>[] = [];

  constructor(
    pipeline: Pipeline,
    private readonly session: Session,
    { id, folder }: { id: string; folder: string },
    private readonly options: RunOptions & { executor: Executor },
  ) {
    const { onEvent = () => {}, executor, signal, targets = [] } = options;
    this.#essential = essentialSteps(session.steps, targets);
    const machine = { cpu: navigator.hardwareConcurrency, gpu: 1 };
    const total = { ...machine, ...executor.capacity, ...options.resources };
    this.#context = {
      session,
      run: id,
      folder,
      executor,
      inputCheck: new InputCheck(session.store, id),
      pool: new ResourcePool(options.jobs ?? Infinity, total),
      emit: onEvent,
      retryWait: options.retryWait ?? 1,
      signal,
      giveUp: AbortSignal.any([this.#failFast.signal, ...signal ? [signal] : []]),
      onFailure: (step) => {
        if (options.keepGoing || !this.#essential.has(step)) return;
        this.#failFast.abort(new Error(`${step} failed`));
      },
    };
    this.#record = {
      id,
      pipeline: pipeline.name,
      status: "running",
      started: new Date().toISOString(),
      seconds: 0,
      targets: [...targets],
      graph: Object.fromEntries(
        pipeline.steps.map((step) => [step.name, Object.values(inputsOf(step))]),
      ),
      parameters: Object.fromEntries(
        session.steps.map((step) => [
          step.name,
          shownParameters(step, session.parameters[step.name]),
        ]),
      ),
      steps: [],
    };
  }

  async finish(): Promise<RunRecord> {
    const { session, options } = this;
    const { run, emit } = this.#context;
    await this.#writeRecord();
    emit({ type: "run_started", run, steps: session.steps.map(({ name }) => name) });
    const artifacts = new Map<string, Promise<Artifact | undefined>>();
    for (const step of session.steps) artifacts.set(step.name, this.#settle(step, artifacts));
    await Promise.all(artifacts.values());
    // What the run's end promises is for good.
    await session.store.settle();
    await Promise.all(this.#shares);

    const failed = this.#record.steps.some(({ step, status }) =>
      status === "failed" && this.#essential.has(step)
    );
    const status: RunStatus = options.signal?.aborted ? "interrupted" : failed ? "failed" : "done";
    const seconds = secondsSince(this.#started);
    Object.assign(this.#record, { status, seconds });
    await session.store.runs.write(this.#record);
    session.code.save();
    emit({ type: "run_finished", run, status, seconds });
    return this.#record;
  }

  /** The step's artifact, or undefined when it failed or was skipped. */
  async #settle(
    step: StepDeclaration,
    artifacts: ReadonlyMap<string, Promise<Artifact | undefined>>,
  ): Promise<Artifact | undefined> {
    const inputs: Record<string, Artifact> = {};
    for (const [name, from] of Object.entries(inputsOf(step))) {
      const artifact = await artifacts.get(from)!;
      if (!artifact && step.optional?.includes(name)) continue;
      if (!artifact) {
        await this.#finished({
          step: step.name,
          status: "skipped",
          reason: `it needs ${from}`,
          seconds: 0,
        });
        return;
      }
      inputs[name] = artifact;
    }
    const started = performance.now();
    const stepRun = new StepRun(step, inputs, this.#context);
    try {
      this.#context.giveUp.throwIfAborted();
      const { status, artifact, reason } = await inStore(
        this.session.store.name,
        () => stepRun.bringUpToDate(),
      );
      const { path, manifest: { key, result, made } } = artifact;
      if (result !== undefined) {
        this.#context.emit({ type: "step_result", step: step.name, value: result });
      }
      // A step that ran may have waited for room first: that is not its time.
      const seconds = status === "ran" ? made.seconds : secondsSince(started);
      await this.#finished({
        step: step.name,
        kind: step.kind,
        status,
        reason,
        seconds,
        key,
        artifact: path,
        result,
        failedAttempts: stepRun.failedAttempts,
      }, stepRun.changes);
      this.#share(step.name, artifact);
      return artifact;
    } catch (error) {
      await this.#failed(stepRun, error, secondsSince(stepRun.begun ?? started));
    }
  }

  /** While other steps go on. That it cannot be shared does not make a result less true. */
  #share(step: string, artifact: Artifact): void {
    const { sharing } = this.session.store;
    if (!sharing) return;
    const { emit, signal } = this.#context;
    const { to } = sharing;
    const record = this.#record.sharing ??= { to, shared: [], failed: [] };
    this.#shares.push(
      sharing.share(artifact).then((shared) => {
        record.shared.push({ step, ...shared });
        emit({ type: "step_shared", step, to, ...shared });
      }, (error) => {
        const reason = signal?.aborted ? "interrupted" : messageOf(error);
        record.failed.push({ step, reason });
        emit({ type: "step_not_shared", step, to, reason });
      }),
    );
  }

  async #failed(
    { step: { name: step, kind }, changes, failedAttempts }: StepRun,
    error: unknown,
    seconds: number,
  ): Promise<void> {
    const { giveUp, signal, onFailure } = this.#context;
    if (giveUp.aborted && (error === giveUp.reason || error === signal?.reason)) {
      const reason = signal?.aborted ? "interrupted" : messageOf(error);
      return await this.#finished({ step, status: "skipped", reason, seconds: 0 }, changes);
    }
    const failure = error instanceof StepError ? error.failure : this.#failureOf(step, error);
    const { message: reason } = failure;
    await this.#finished({
      step,
      kind,
      status: "failed",
      reason,
      seconds,
      failedAttempts,
      error: failure,
    }, changes);
    onFailure(step);
  }

  #failureOf(step: string, error: unknown): StepFailure {
    const { folder } = this.#context;
    const { stack } = error as Error;
    const logs = [...Deno.readDirSync(folder)].filter(({ name }) => name === `${step}.log`);
    const [logFile] = logs.map(({ name }) => `${folder}/${name}`);
    return { message: messageOf(error), stack, logTail: [], logFile };
  }

  async #finished(record: StepRecord, changes: Change[] = []): Promise<void> {
    const { step, status, artifact, seconds, reason, failedAttempts, error } = record;
    this.#record.steps.push(record);
    await this.#writeRecord();
    const told = { step, status, artifact, seconds, reason, changes, failedAttempts, error };
    this.#context.emit({ type: "step_finished", ...told });
  }

  /**
   * Often enough that a killed run shows what it did, seldom enough to cost a long one nothing; one
   * after the other, so that the newest stays.
   */
  #writeRecord(): Promise<void> {
    const before = this.#writing.catch(() => {});
    return this.#writing = before.then(async () => {
      const now = performance.now();
      if (now - this.#recordWritten.at < 20 * this.#recordWritten.took) return;
      await this.session.store.runs.write(this.#record);
      this.#recordWritten = { at: now, took: performance.now() - now };
    });
  }
}

const secondsSince = (start: number) => (performance.now() - start) / 1000;
