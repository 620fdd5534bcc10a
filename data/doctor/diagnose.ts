import type { Examined } from "../examined.ts";
import { countFindings } from "./count_findings.ts";
import { comparedPhotos, duplicateFindings } from "./duplicate_findings.ts";
import { fileFindings, passedOverFindings } from "./file_findings.ts";
import { type Finding, worstFirst } from "./finding.ts";
import { pictureFindings, type Viewing } from "./picture_findings.ts";

/** What the doctor looked at. */
export interface Collection {
  /** Photos by their name, whether they decode or not. */
  files: readonly Examined[];
  /** Paths of photos, by name or content, that are not taken for their names. */
  passedOver: readonly string[];
  /** Of what else lies there. */
  beside?: readonly Finding[];
  /** Why the folders are no data set, where they are none. */
  problem?: string;
}

/** All that is wrong with a collection of photos, the worst first. */
export function diagnose(
  { files, passedOver, beside, problem }: Collection,
  viewing: Viewing,
): Finding[] {
  const findings = [
    ...countFindings(files),
    ...duplicateFindings(comparedPhotos(files)),
    ...fileFindings(files),
    ...passedOverFindings(passedOver),
    ...beside ?? [],
    ...pictureFindings(files, viewing),
  ];
  const explained = findings.some(({ kind }) =>
    kind === "val_class_unknown" || kind === "class_without_val"
  );
  if (problem && !explained) {
    findings.unshift({
      kind: "layout",
      severity: "error",
      title: problem,
      remedy: "Put the photos of each class into a folder of its name.",
      files: [],
    });
  }
  return worstFirst(findings);
}
