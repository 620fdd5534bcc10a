/**
 * `report.html`. Apart from the pictures, so that a step that only draws those does not load this,
 * and does not run again when a page changes.
 */
export * from "./facts.ts";
export type { ReportedStep } from "./dag.ts";
export { renderReport } from "./page.ts";
export { type ReportedRun, withRun } from "./run.ts";
