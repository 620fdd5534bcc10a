/** `report.html`. */
export * from "../facts.ts";
export type { ReportedStep } from "./dag.ts";
export { renderReport } from "./report.ts";
export type { ReportedRun } from "./run.ts";
