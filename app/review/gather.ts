/** All that was found about photos, as a list to decide about, the worst first. */
import type { Part } from "../../data/dataset_index.ts";
import { costOf } from "../../data/doctor/costs.ts";
import type { Finding, FindingKind } from "../../data/doctor/finding.ts";
import type { Reported } from "../../data/review/journal.ts";
import type { Issues } from "../../tasks/artifacts/issues.ts";
import type { Item, Kind, Remark, ShownPhoto } from "./messages.ts";

const WRONG_LABEL =
  "A wrong label teaches the wrong class; where accuracy is measured, it counts as the model's mistake.";

/** Of what the model says, not the doctor. */
const OF_MODEL: Kind[] = [
  {
    key: "reported",
    title: "Sent in as wrong",
    cost: "A model that is asked about such a photo again is wrong again.",
  },
  { key: "label_issue", title: "Label probably wrong", cost: WRONG_LABEL },
  {
    key: "surely_other",
    title: "The model is sure of another class",
    cost: WRONG_LABEL,
  },
  {
    key: "outlier",
    title: "Unlike all others",
    cost:
      "The model learns little from what is there but once, or is misled by what does not belong.",
  },
];
const OF_DOCTOR: [FindingKind, string][] = [
  ["conflicting_labels", "The same photo in two classes"],
  ["leakage", "The same photo on both sides of the division"],
  ["divided_series", "One series on both sides of the division"],
  ["exact_duplicates", "There more than once"],
  ["near_duplicates", "Nearly the same"],
  ["low_information", "Shows next to nothing"],
  ["blurred", "Blurred"],
  ["dark", "Too dark"],
  ["bright", "Too bright"],
  ["odd_size", "Of another size"],
  ["small", "Too small"],
  ["elongated", "Long and narrow"],
];
/** The worst first. */
const ORDER = [
  "reported",
  "conflicting_labels",
  "label_issue",
  "leakage",
  "surely_other",
  "divided_series",
  "outlier",
  ...OF_DOCTOR.map(([kind]) => kind),
];

export interface Gathered {
  photos: ShownPhoto[];
  items: Item[];
  kinds: Kind[];
  remarks: Remark[];
}

/** A photo of the data set, and the file that it is. */
export interface KnownPhoto extends ShownPhoto {
  /** Below the pipeline's photos. */
  target: string;
  part: Part;
}

/**
 * @param known all photos of the data set, in the order of `issues`' where there are such
 * @param findings with paths below the pipeline's photos
 */
export function gather(
  known: readonly KnownPhoto[],
  findings: readonly Finding[],
  issues: Issues | undefined,
  reported: readonly Reported[],
): Gathered {
  const photos: ShownPhoto[] = known.map(({ target: _, ...photo }) => photo);
  const ids = new Map(known.map(({ target }, id) => [target, id]));
  const items: Item[] = [];
  for (const { photo, class: className, predicted } of reported) {
    photos.push({ path: photo, className, ...(predicted !== undefined && { predicted }) });
    items.push({ kind: "reported", photos: [photos.length - 1], suggestion: className });
  }
  const suggested = (id: number) => {
    const { predicted, className } = photos[id];
    return predicted !== undefined && predicted !== className && { suggestion: predicted };
  };
  const add = (kind: string, all: readonly number[]) => {
    for (const id of all) items.push({ kind, photos: [id], ...suggested(id) });
  };
  add("label_issue", issues?.label_issues ?? []);
  add("surely_other", issues?.surely_other ?? []);
  add("outlier", issues?.outliers ?? []);
  for (const { kind, files, groups } of findings) {
    if (!OF_DOCTOR.some(([name]) => name === kind)) continue;
    for (const paths of groups ?? files.map((file) => [file])) {
      const group = paths.flatMap((path) => ids.get(path) ?? []);
      if (group.length === 0) continue;
      const isOne = group.length === 1;
      items.push({ kind, photos: group, ...isOne && suggested(group[0]) });
    }
  }
  const kinds = [
    ...OF_MODEL,
    ...OF_DOCTOR.map(([kind, title]) => ({ key: kind, title, cost: costOf({ kind }) })),
  ].sort((a, b) => ORDER.indexOf(a.key) - ORDER.indexOf(b.key));
  return {
    photos,
    items: onceEach(
      items.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)),
    ),
    kinds: kinds.filter(({ key }) => items.some(({ kind }) => kind === key)),
    remarks: findings.filter(({ kind, severity }) =>
      severity !== "note" && !OF_DOCTOR.some(([name]) => name === kind)
    ).map((finding) => ({
      title: finding.title,
      cost: costOf(finding),
      remedy: finding.remedy,
    })),
  };
}

/** What stands under a worse heading already is not asked about again. */
function onceEach(items: readonly Item[]): Item[] {
  const seen = new Set<string>(), single = new Set<number>();
  return items.filter(({ photos }) => {
    const key = photos.toSorted((a, b) => a - b).join();
    const isNew = !seen.has(key) && !(photos.length === 1 && single.has(photos[0]));
    seen.add(key);
    if (photos.length === 1) single.add(photos[0]);
    return isNew;
  });
}
