/**
 * Everything that a run says while it goes, as one union: whoever shows a run only renders these.
 * All of it is JSON.
 */
import type { Json } from "./digest.ts";
import type { Change } from "./explain/changes.ts";
import type { Why } from "./explain/explain.ts";
import type { Retries } from "./process/attempts.ts";
import type { Progress } from "./process/protocol.ts";
import type { Shared } from "./store.ts";

export type PipelineEvent =
  | RunStarted
  | StepStarted
  | StepProgress
  | StepLog
  | StepRetried
  | StepResult
  | StepFinished
  | StepShared
  | StepNotShared
  | RunFinished;

export interface RunStarted {
  type: "run_started";
  run: string;
  /** What is going to be looked at, in running order. */
  steps: string[];
}

/** A step's process starts: the step was not cached. */
export interface StepStarted {
  type: "step_started";
  step: string;
  /** Why it has to run, in a line made of `why` and `changes`. */
  reason: string;
  why: Why;
  /** What differs from the nearest earlier result, with old and new. */
  changes: readonly Change[];
  /** Seconds that an attempt may take, where there is a limit. */
  timeLimit?: number;
  /** How often it is tried again after which failures, where it is. */
  retries?: Retries;
}

export interface StepProgress extends Progress {
  type: "step_progress";
  step: string;
}

export interface StepLog {
  type: "step_log";
  step: string;
  text: string;
}

/** An attempt failed, and another one begins after a wait. */
export interface StepRetried extends FailedAttempt {
  type: "step_retried";
  step: string;
}

export interface FailedAttempt {
  /** From 1 on. */
  number: number;
  /** Attempts that there may be after such a failure. */
  most: number;
  /** Why it failed. */
  message: string;
  /** How long it took. */
  seconds: number;
  /** Seconds until the next one begins. */
  wait: number;
}

/** What the step reported as its result in few words; also when it is cached. */
export interface StepResult {
  type: "step_result";
  step: string;
  value: Json;
}

export type StepStatus = "ran" | "cached" | "failed" | "skipped";

export interface StepFinished {
  type: "step_finished";
  step: string;
  status: StepStatus;
  /** The folder with the outputs, for steps that ran or were cached. */
  artifact?: string;
  seconds: number;
  reason: string;
  /** As `step_started` told them; none for a step that did not come so far. */
  changes: readonly Change[];
  /** Those before the last. */
  failedAttempts?: readonly FailedAttempt[];
  /** For failed steps. */
  error?: StepFailure;
}

/** Others find the step's result; may come after later steps have begun. */
export interface StepShared extends Shared {
  type: "step_shared";
  step: string;
  /** The store's address. */
  to: string;
}

/** Others do not find the step's result, which is in one's own store all the same. */
export interface StepNotShared {
  type: "step_not_shared";
  step: string;
  to: string;
  reason: string;
}

export interface StepFailure {
  message: string;
  /**
   * Where it was not the step's own doing: the network did not answer; it took longer than its limit;
   * it is gone with the machine that it ran on, as executors on several machines can tell, or with the
   * device that it computed on, as its error says.
   */
  cause?: "network" | "late" | "lost";
  stack?: string;
  /** The last lines of the log. */
  logTail: string[];
  /** The whole log; absent when the step never started. */
  logFile?: string;
}

export type RunStatus = "done" | "failed" | "interrupted";

export interface RunFinished {
  type: "run_finished";
  run: string;
  status: RunStatus;
  seconds: number;
}
