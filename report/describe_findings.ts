/** What the data doctor found, for people. */
import { costOf } from "../data/doctor/costs.ts";
import { type Finding, SEVERITIES } from "../data/doctor/finding.ts";
import { counted } from "../data/statistics/percent.ts";
import { printable } from "./text.ts";

/** Files named in the text; all are in the JSON. */
const NAMED = 3;

/** Lines for a finding: what it is, some of the files, what it costs, what to do. */
export function describeFinding(finding: Finding): string[] {
  const { severity, title, remedy, files, groups } = finding;
  const cost = costOf(finding);
  const shown = (groups ?? files.map((file) => [file])).slice(0, NAMED)
    .map((group) => printable(group.join(" = ")));
  const more = (groups ?? files).length - shown.length;
  return [
    `${severity.toUpperCase().padEnd(8)} ${printable(title)}`,
    ...shown.map((line) => `${" ".repeat(9)}  ${line}`),
    ...(more > 0 ? [`${" ".repeat(9)}  and ${more} more`] : []),
    ...(/^Nothing\b/.test(cost) ? [] : [`${" ".repeat(9)}- ${cost}`]),
    ...(remedy === "Nothing." ? [] : [`${" ".repeat(9)}> ${remedy}`]),
  ];
}

/** "1 error, 2 warnings, 0 notes". */
export function countFindings(findings: readonly Finding[]): string {
  return SEVERITIES.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return counted(count, severity);
  }).join(", ");
}
