import type { Pipeline } from "./declaration.ts";
import type { PlanEntry } from "./plan.ts";
import type { PipelineOptions } from "./run.ts";

/** One difference between a step as it is and an earlier entry of it. */
export interface Change {
  kind:
    | "parameter"
    | "file"
    | "package"
    | "input"
    | "external"
    | "environment"
    | "device"
    | "declaration";
  name: string;
  /** Absent: added. Digests for files, inputs and external files. */
  before?: string;
  /** Absent: removed, or, for an input, not known before that step has run. */
  after?: string;
}

export interface Explanation extends PlanEntry {
  /** The earlier entry that is nearest: when it was made, and by which run. */
  nearest?: { key: string; made: string; run: string };
}

/** A change in words: `epochs: 5 → 25`. */
export function describeChange(_change: Change): string {
  throw new Error("under construction");
}

/** Names what changed for `step` since the nearest earlier entry. */
export function why(
  _pipeline: Pipeline,
  _step: string,
  _options: PipelineOptions,
): Promise<Explanation> {
  throw new Error("under construction");
}
