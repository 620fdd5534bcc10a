/** Why one step would run, or not. */
import { type Pipeline, stepNamed } from "../graph.ts";
import { plan, type PlanEntry } from "./plan.ts";
import type { PipelineOptions } from "../session.ts";

/**
 * Names what changed for `step` since the nearest earlier entry; runs nothing.
 *
 * @throws {PipelineError} for wrong parameters or an unknown step
 */
export async function why(
  pipeline: Pipeline,
  step: string,
  options: PipelineOptions,
): Promise<PlanEntry> {
  stepNamed(pipeline, step);
  const entries = await plan(pipeline, { ...options, targets: [step] });
  return entries.find((entry) => entry.step === step)!;
}
