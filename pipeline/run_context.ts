/** What the steps of a run share. */
import type { PipelineEvent, StepFailure } from "./events.ts";
import type { Executor } from "./executor.ts";
import type { InputCheck } from "./process/input_check.ts";
import type { ResourcePool } from "./process/resource_pool.ts";
import type { Session } from "./session.ts";

export interface RunContext {
  session: Session;
  run: string;
  /** The run's folder, for logs. */
  folder: string;
  executor: Executor;
  pool: ResourcePool;
  inputCheck: InputCheck;
  emit: (event: PipelineEvent) => void;
  /** Seconds before a failed step is tried again. */
  retryWait: number;
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
