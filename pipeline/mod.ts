/**
 * Runs pipelines of steps, each a Deno program of its own, and never twice for the same result.
 *
 * @example
 * ```ts ignore
 * const here = (path: string) => new URL(path, import.meta.url);
 * const pipeline = definePipeline([
 *   {
 *     name: "fetch",
 *     module: here("./fetch.ts"),
 *     inputs: [],
 *     outputs: ["page.html"],
 *     permissions: () => ({ net: ["example.com"] }),
 *   },
 *   { name: "count", module: here("./count.ts"), inputs: ["fetch"], outputs: ["count.json"] },
 * ]);
 * const { status } = await run(pipeline, { store: ".store" });
 * ```
 *
 * @module
 */
export * from "./declaration.ts";
export type { Json } from "./digest.ts";
export { type Change, describeChange, type LineCounts } from "./explain/changes.ts";
export { compareRuns, type Figure, type StepComparison } from "./explain/compare.ts";
export type { Why } from "./explain/explain.ts";
export { plan, type PlanEntry } from "./explain/plan.ts";
export { why } from "./explain/why.ts";
export { type Checkpoint, Checkpoints } from "./process/checkpoints.ts";
export { ItemCache } from "./process/item_cache.ts";
export type { Progress } from "./process/protocol.ts";
export { type ItemCacheAccess, runStep, type StepContext } from "./process/step.ts";
export { expand, type Expansion, type Setting } from "./expand.ts";
export { definePipeline, type Pipeline } from "./graph.ts";
export { DamageError, messageOf, PipelineError, StoreError } from "./errors.ts";
export type * from "./events.ts";
export type * from "./executor.ts";
export { run, type RunOptions } from "./run.ts";
export type { RunRecord, StepRecord } from "./run_record.ts";
export type { PipelineOptions } from "./session.ts";
export type { Artifact, Manifest } from "./store.ts";
export { type Garbage, gc, type GcOptions } from "./upkeep/gc.ts";
export { findRun, latestArtifact, listRuns } from "./upkeep/history.ts";
export { assertIntact } from "./upkeep/intact.ts";
export { listPins, pin, unpin } from "./upkeep/pins.ts";
export { repeat, type Repetition } from "./upkeep/repeat.ts";
export { type Damage, verify } from "./upkeep/verify.ts";
