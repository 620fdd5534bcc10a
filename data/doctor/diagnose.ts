import type { Part } from "../dataset_index.ts";
import type { Examined } from "../examined.ts";
import { type LeftOutTally, PASSED_OVER, reasonOf, tallyLeftOut } from "../left_out_tally.ts";
import { countFindings } from "./count_findings.ts";
import { comparedPhotos, duplicateFindings } from "./duplicate_findings.ts";
import { fileFindings, passedOverFindings } from "./file_findings.ts";
import { seriesFindings } from "./series_findings.ts";
import { type Finding, worstFirst } from "./finding.ts";
import { pictureFindings, type Viewing } from "./picture_findings.ts";
import { shortcutFindings } from "./shortcut_findings.ts";

/** What the doctor looked at. */
export interface Collection {
  /** Photos by their name, whether they decode or not. */
  files: readonly Examined[];
  /** By path, the part that the pipeline will put a photo into, where the source says none. */
  parts?: ReadonlyMap<string, Part>;
  /** Paths of photos, by name or content, that are not taken for their names. */
  passedOver: readonly string[];
  /** Of what else lies there. */
  beside?: readonly Finding[];
  /** Why the folders are no data set, where they are none. */
  problem?: string;
}

/** How many photos of a collection are not used, by reason. */
export function leftOutOf({ files, passedOver }: Collection): LeftOutTally {
  return tallyLeftOut([
    ...files.flatMap(({ refusal }) => refusal ? [reasonOf(refusal.refusal)] : []),
    ...passedOver.map(() => PASSED_OVER),
  ]);
}

/** Errors say after a colon what to do. */
function withRemedy(problem: string): { title: string; remedy: string } {
  const at = problem.lastIndexOf(": ");
  if (at < 0) {
    return { title: problem, remedy: "Put the photos of each class into a folder of its name." };
  }
  const [first, ...rest] = problem.slice(at + 2);
  return { title: problem.slice(0, at), remedy: `${first.toUpperCase()}${rest.join("")}.` };
}

/** All that is wrong with a collection of photos, the worst first. */
export function diagnose(
  { files, parts, passedOver, beside, problem }: Collection,
  viewing: Viewing,
): Finding[] {
  const findings = [
    ...countFindings(files, parts),
    ...duplicateFindings(comparedPhotos(files)),
    ...seriesFindings(files),
    ...fileFindings(files),
    ...passedOverFindings(passedOver),
    ...beside ?? [],
    ...pictureFindings(files, viewing),
    ...shortcutFindings(files),
  ];
  const explained = findings.some(({ kind }) =>
    kind === "val_class_unknown" || kind === "class_without_val"
  );
  if (problem && !explained) {
    findings.unshift({ kind: "layout", severity: "error", ...withRemedy(problem), files: [] });
  }
  return worstFirst(findings);
}
