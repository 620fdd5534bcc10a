/** What is wrong with a collection of photos, and what to do about it. */
export { arrange, type Arrangement } from "./arrange.ts";
export { type Collection, diagnose } from "./diagnose.ts";
export { examineFolder } from "./examine.ts";
export { type Finding, type FindingKind, SEVERITIES, type Severity } from "./finding.ts";
export type { Viewing } from "./picture_findings.ts";
