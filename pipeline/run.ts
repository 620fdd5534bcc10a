import type { Pipeline, Resources } from "./declaration.ts";
import type { PipelineEvent } from "./events.ts";
import type { RunRecord } from "./run_record.ts";

/** Which steps, with which parameters, in which store: what `run`, `plan` and `why` share. */
export interface PipelineOptions {
  /** Folder where artifacts are kept. */
  store: string;
  /** Further stores to take artifacts from; never written to. */
  readFrom?: readonly string[];
  /** By step; a step that is left out gets its schema's defaults. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Steps wanted; what they need is included. All when left out. */
  targets?: readonly string[];
  /** Run these even when cached; `true`: the targets, or every step when there are none. */
  force?: boolean | readonly string[];
}

export interface RunOptions extends PipelineOptions {
  /** Steps at a time; as many as resources allow when left out. */
  jobs?: number;
  /** What the machine has: its cores and one GPU when left out. */
  resources?: Resources;
  /** After a failure, go on with the steps that do not need the failed one. */
  keepGoing?: boolean;
  /** Interrupts the run: steps are ended within two seconds, finished ones are kept. */
  signal?: AbortSignal;
  onEvent?: (event: PipelineEvent) => void;
}

/**
 * Brings the targets up to date: takes what the store holds, runs the rest.
 *
 * @returns the run's record; a failed step shows there, it does not throw
 * @throws {PipelineError} for wrong parameters or unknown steps, before anything runs
 * @throws {StoreError} when the store cannot be used
 */
export function run(_pipeline: Pipeline, _options: RunOptions): Promise<RunRecord> {
  throw new Error("under construction");
}
