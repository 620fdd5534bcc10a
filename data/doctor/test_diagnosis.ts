import type { Examined } from "../examined.ts";
import { accuracyInterval, untested } from "./count_findings.ts";
import { type ComparedPhoto, comparedPhotos, duplicateFindings } from "./duplicate_findings.ts";
import { fileFindings } from "./file_findings.ts";
import { type Finding, worstFirst } from "./finding.ts";
import { pictureFindings, type Viewing } from "./picture_findings.ts";

/** Photos to test by, and those that a model is made and chosen by. */
export interface TestCollection {
  test: readonly Examined[];
  others: readonly ComparedPhoto[];
  classes: readonly string[];
}

/** All that is wrong with photos to test by, the worst first; of the others only what touches them. */
export function diagnoseTest(
  { test, others, classes }: TestCollection,
  viewing: Viewing,
): Finding[] {
  const photos = comparedPhotos(test);
  return worstFirst([
    ...duplicateFindings(
      [...others, ...photos],
      (group) => group.some(({ split }) => split === "test"),
    ),
    ...untested(photos, classes),
    ...accuracyInterval(photos.length, "test"),
    ...fileFindings(test),
    ...pictureFindings(test, viewing),
  ]);
}
