/** Brings one step up to date: from the store, or by running it. */
import { type Closure, closureOfStep } from "./code.ts";
import { kindOf, type StepDeclaration } from "./declaration.ts";
import type { FailedAttempt } from "./events.ts";
import type { Change } from "./explain/changes.ts";
import { explain, whyCached } from "./explain/explain.ts";
import { checkpointKeyOf, type Fingerprint, inputDigests, keyOf } from "./fingerprint.ts";
import { makeArtifact } from "./make_artifact.ts";
import { retriesOf, tryAgain } from "./process/attempts.ts";
import { needsOf } from "./process/needs.ts";
import type { RunContext } from "./run_context.ts";
import { StoreError } from "./errors.ts";
import type { Artifact, Elsewhere, Lookup } from "./store.ts";

const MADE_MEANWHILE = "another run made it";
/** For looking up, code may have been read a moment ago; what is run is always looked at anew. */
const LOOKUP_MAX_AGE_MS = 100;

/** Bytes that take long enough to come for someone to wonder. */
const WORTH_TELLING = 10e6;
const PROGRESS_INTERVAL_MS = 250;

export interface UpToDate {
  status: "ran" | "cached";
  artifact: Artifact;
  reason: string;
}

export class StepRun {
  /** What differs from the nearest earlier entry, as soon as it is known that the step must run. */
  changes: Change[] = [];
  /** Undefined while there is none. */
  failedAttempts?: FailedAttempt[];
  /** When there was room for it, by `performance.now()`; undefined before. */
  begun?: number;
  /** The store on another machine that the artifact was brought from. */
  #from?: string;
  /** What its artifacts are filed under. */
  readonly #kind: string;
  readonly #forced: boolean;
  #interrupted?: Promise<never>;

  /** @param inputs by the step's own names for them */
  constructor(
    readonly step: StepDeclaration,
    private readonly inputs: Record<string, Artifact>,
    private readonly context: RunContext,
  ) {
    this.#kind = kindOf(step);
    this.#forced = context.session.forced.has(step.name);
  }

  /**
   * @throws {StepError} when the step fails
   * @throws whatever `giveUp` or `signal` was aborted with
   */
  async bringUpToDate(): Promise<UpToDate> {
    const { session: { store }, giveUp } = this.context;
    const onWait = () => this.#log("another run makes it: waiting");
    for (let waited = false;; waited = true) {
      const fingerprint = await this.#takeFingerprint(LOOKUP_MAX_AGE_MS);
      const key = keyOf(fingerprint);
      const { artifact } = await this.#find(key);
      if (artifact && !this.#forced) {
        const closure = await this.#closure();
        const reason = waited ? MADE_MEANWHILE : whyCached(artifact.manifest, closure);
        const from = this.#from ? `, brought from ${this.#from}` : "";
        return { status: "cached", artifact, reason: reason + from };
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
    const { session: { store, code, parameters }, run, pool, giveUp, onFailure } = this.context;
    const { resources } = needsOf(this.step, parameters[this.step.name]);
    using _room = await pool.acquire(resources, giveUp);
    this.begun = performance.now();
    using alone = await store.tryLock(this.#kind, this.#lockKey(fingerprint));
    giveUp.throwIfAborted();
    // The wait may have been long: code may have been edited, others may have made the artifact.
    if (!alone || keyOf(await this.#takeFingerprint()) !== key) return;
    const lookup = await this.#find(key);
    if (lookup.artifact && !this.#forced) {
      return { status: "cached", artifact: lookup.artifact, reason: MADE_MEANWHILE };
    }
    const closure = await this.#closure();
    const question = { step: this.step, fingerprint, closure, lookup, forced: this.#forced, run };
    const explanation = await explain(question, store, code);
    this.changes = explanation.changes;
    await code.keepTexts(closure);
    const takeFingerprint = () => this.#takeFingerprint();
    const { step, inputs } = this;
    const making = { step, inputs, fingerprint, closure, explanation, takeFingerprint };
    try {
      const artifact = await this.#tryAgain((attempt) =>
        makeArtifact({ ...making, attempt }, this.context)
      );
      return { status: "ran", artifact, reason: explanation.reason };
    } catch (error) {
      onFailure(step.name);
      throw error;
    }
  }

  #tryAgain<T>(attempt: (number: number) => Promise<T>): Promise<T> {
    const { session: { parameters }, giveUp: signal, retryWait: wait, emit } = this.context;
    const { step } = this;
    const retries = retriesOf(step, parameters[step.name]);
    const onRetry = (failed: FailedAttempt) => {
      this.failedAttempts = [...this.failedAttempts ?? [], failed];
      emit({ type: "step_retried", step: step.name, ...failed });
    };
    return tryAgain(attempt, { retries, wait, signal, onRetry });
  }

  async #find(key: string): Promise<Lookup> {
    const { session: { store }, inputCheck } = this.context;
    if (this.#forced) return await store.find(this.#kind, key);
    for (;;) {
      const lookup = await store.find(this.#kind, key);
      lookup.notes?.forEach((note) => this.#log(note));
      if (!lookup.elsewhere) return await inputCheck.checkHit(lookup, this.step.handedOn);
      const artifact = await this.#bring(lookup.elsewhere);
      if (artifact) return { artifact };
    }
  }

  /** Undefined where it cannot be had: it is not found there again, which is told. */
  async #bring({ manifest, from, bring }: Elsewhere): Promise<Artifact | undefined> {
    const total = manifest.tree.files.reduce((sum, { size }) => sum + size, 0);
    if (total >= WORTH_TELLING) this.#log(`brings ${(total / 1e6).toFixed(1)} MB from ${from}`);
    let done = 0, told = -Infinity;
    const onBytes = (bytes: number) => {
      done += bytes;
      if (performance.now() - told < PROGRESS_INTERVAL_MS) return;
      told = performance.now();
      const progress = { done, total, unit: "bytes", message: `from ${from}` };
      this.context.emit({ type: "step_progress", step: this.step.name, ...progress });
    };
    try {
      const artifact = await bring({ onBytes });
      this.#from = from;
      return artifact;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#log(error.message);
    }
  }

  #closure(): Promise<Closure> {
    const { code, parameters } = this.context.session;
    return closureOfStep(code, this.step, parameters[this.step.name], LOOKUP_MAX_AGE_MS);
  }

  #log(text: string): void {
    this.context.emit({ type: "step_log", step: this.step.name, text });
  }

  async #takeFingerprint(maxAge = 0): Promise<Fingerprint> {
    const { signal, session: { fingerprinter, parameters } } = this.context;
    const { step } = this;
    const taken = fingerprinter.take(
      step,
      parameters[step.name],
      inputDigests(step, this.inputs),
      maxAge,
    );
    // A large folder takes long to read, and nobody who interrupts a run waits for that.
    this.#interrupted ??= signal && abortion(signal);
    return await Promise.race([taken, ...this.#interrupted ? [this.#interrupted] : []]);
  }

  /** Attempts that share checkpoints take turns: the next one goes on where the last one ended. */
  #lockKey(fingerprint: Fingerprint): string {
    return checkpointKeyOf(fingerprint, this.step) ?? keyOf(fingerprint);
  }
}

/** Never resolves; rejects when the signal is aborted. */
function abortion(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // it may come when nobody waits
  if (signal.aborted) reject(signal.reason);
  else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}
