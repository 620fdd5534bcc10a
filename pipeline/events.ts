/**
 * Everything that a run says while it goes, as one union: whoever shows a run only renders these.
 * All of it is JSON.
 */
import type { Json } from "./digest.ts";
import type { Change } from "./explain/changes.ts";
import type { Why } from "./explain/explain.ts";
import type { Progress } from "./process/protocol.ts";

export type PipelineEvent =
  | RunStarted
  | StepStarted
  | StepProgress
  | StepLog
  | StepResult
  | StepFinished
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
  /** For failed steps. */
  error?: StepFailure;
}

export interface StepFailure {
  message: string;
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
