/** What lies among the photos and is not used, and which folders are taken for what. */
import { describeLitter, describeSidecars, type LeftOut } from "../sources/left_out.ts";
import type { Finding } from "./finding.ts";

/** What a folder holds beside photos. */
interface Beside {
  /** What is no file that can be read. */
  leftOut: readonly LeftOut[];
  /** Hidden files and the like. */
  litter: readonly string[];
  /** Files in class folders that are no photos. */
  sidecars: readonly string[];
  /** What was decided by the names of folders. */
  notes: readonly string[];
}

export function besideFindings({ leftOut, litter, sidecars, notes }: Beside): Finding[] {
  const findings: Finding[] = [];
  for (const [reason, group] of Map.groupBy(leftOut, ({ reason }) => reason)) {
    const one = group.length === 1;
    findings.push({
      kind: "left_out",
      severity: "warning",
      title: one
        ? `${group[0].path} is left out: it ${reason}`
        : `${group.length} files are left out: each ${reason}`,
      remedy: "Put the photo itself there, or remove what stands in its place.",
      files: group.map(({ path }) => path),
    });
  }
  for (const note of notes) {
    findings.push({
      kind: "folder_use",
      severity: "note",
      title: note,
      remedy:
        "Nothing where that is meant; else name the folders train and val, or take the list away.",
      files: [],
    });
  }
  for (const title of [describeLitter(litter), describeSidecars(sidecars)]) {
    if (!title) continue;
    findings.push({ kind: "passed_over", severity: "note", title, remedy: "Nothing.", files: [] });
  }
  return findings;
}
