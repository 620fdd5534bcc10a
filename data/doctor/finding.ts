/** What the data doctor has to say. */

/** error: results would be wrong; warning: they would be worse than they could be; note: good to know. */
export const SEVERITIES = ["error", "warning", "note"] as const;
export type Severity = typeof SEVERITIES[number];

export const FINDING_KINDS = [
  "layout",
  "val_class_unknown",
  "class_without_val",
  "class_without_test",
  "class_without_photo",
  "leakage",
  "divided_series",
  "conflicting_labels",
  "unreadable",
  "truncated",
  "undecodable",
  "unread_format",
  "unread_name",
  "left_out",
  "wrong_extension",
  "unsorted",
  "exact_duplicates",
  "near_duplicates",
  "class_imbalance",
  "few_training_photos",
  "accuracy_interval",
  "blurred",
  "dark",
  "bright",
  "low_information",
  "odd_size",
  "small",
  "elongated",
  "cut_off",
  "exif_rotated",
  "greyscale",
  "shortcut",
  "cmyk",
  "sixteen_bit",
  "animated",
  "folder_use",
  "passed_over",
] as const;
export type FindingKind = typeof FINDING_KINDS[number];

export interface Finding {
  kind: FindingKind;
  severity: Severity;
  /** One sentence. */
  title: string;
  /** What to do, in one sentence. */
  remedy: string;
  /** Relative to the folder of photos, with `/`; empty where it is about all. */
  files: string[];
  /** Files that belong together, where there are such. */
  groups?: string[][];
}

/** "1 photo is", "3 photos are". */
export const photosAre = (count: number) => count === 1 ? "1 photo is" : `${count} photos are`;

/** Sorts findings in place. */
export function worstFirst(findings: Finding[]): Finding[] {
  const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
  return findings.sort((a, b) => rank(a) - rank(b));
}
