/** What is kept of each run. */
import type { Json } from "./digest.ts";
import type { FailedAttempt, RunStatus, StepFailure, StepStatus } from "./events.ts";
import type { Progress } from "./process/protocol.ts";
import type { Shared } from "./store.ts";

export interface StepRecord {
  step: string;
  /** Where it is not the step's name. */
  kind?: string;
  status: StepStatus;
  reason: string;
  seconds: number;
  /** Of the artifact, for steps that ran or were cached. */
  key?: string;
  /** The artifact's folder. */
  artifact?: string;
  result?: Json;
  /** Attempts before the last. */
  failedAttempts?: FailedAttempt[];
  error?: StepFailure;
}

export interface RunRecord {
  /** Sorts by time. */
  id: string;
  /** Its name. */
  pipeline: string;
  /** "running" in the record of a run that is not over, or was killed. */
  status: RunStatus | "running";
  /** ISO 8601. */
  started: string;
  seconds: number;
  targets: string[];
  /** The inputs of every step, those too that were not looked at; records of before have none. */
  graph?: Record<string, string[]>;
  /** As validated, by step; without secrets. */
  parameters: Record<string, Json>;
  /** In the order in which they ended. */
  steps: StepRecord[];
  /** Of a run that shared its results: with which store, and what had to be sent. */
  sharing?: {
    to: string;
    shared: ({ step: string } & Shared)[];
    failed: { step: string; reason: string }[];
  };
}

/** A step that a run is at: its record comes when it has ended. */
export interface LiveStep {
  /** ISO 8601. */
  started: string;
  /** Why it has to run. */
  reason: string;
  /** How far it was when it last said so. */
  progress?: Progress;
}

/** What a run is at, for whoever watches from another process. */
export interface LiveSteps {
  /** ISO 8601: when this was written. */
  at: string;
  steps: Record<string, LiveStep>;
}

/** The name of a run that begins at this time, in milliseconds since 1970. */
export const runIdAt = (time: number): string => new Date(time).toISOString().replaceAll(":", "-");
