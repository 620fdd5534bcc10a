import type { Pipeline } from "./declaration.ts";
import type { PipelineOptions } from "./run.ts";
import type { Change } from "./why.ts";

export interface PlanEntry {
  step: string;
  status: "cached" | "would_run" | "blocked";
  /** One line. */
  reason: string;
  /** The artifact's folder, for cached steps. */
  artifact?: string;
  /** What differs from the nearest earlier entry. */
  changes: Change[];
}

/** What `run` would do, and why; runs nothing. */
export function plan(_pipeline: Pipeline, _options: PipelineOptions): Promise<PlanEntry[]> {
  throw new Error("under construction");
}
