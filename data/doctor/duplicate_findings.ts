/** Photos that are there more than once, and what that does to what is measured. */
import type { Examined, Place } from "../examined.ts";
import type { Fingerprint } from "../fingerprint.ts";
import { nearDuplicates } from "../near_duplicates.ts";
import type { Finding } from "./finding.ts";
import { counted } from "../statistics/percent.ts";

/** A photo as it is compared with others. */
export interface ComparedPhoto extends Place {
  path: string;
  sha256: string;
  fingerprint: Fingerprint;
}

/** The files that give a photo. */
export function comparedPhotos(files: readonly Examined[]): ComparedPhoto[] {
  return files.flatMap(({ path, split, className, photo }) =>
    photo ? [{ path, split, className, sha256: photo.sha256, fingerprint: photo.fingerprint }] : []
  );
}

/** @param isAbout whether a group is to be told of; all are where it is left out */
export function duplicateFindings(
  photos: readonly ComparedPhoto[],
  isAbout: (group: readonly ComparedPhoto[]) => boolean = () => true,
): Finding[] {
  const groups = nearDuplicates(photos.map(({ fingerprint }) => fingerprint))
    .map((group) => group.map((i) => photos[i])).filter(isAbout);
  const several = (group: ComparedPhoto[], of: (photo: ComparedPhoto) => string | undefined) =>
    new Set(group.map(of)).size > 1;
  const hasTest = (group: ComparedPhoto[]) => group.some(({ split }) => split === "test");
  const leaking = groups.filter((group) => several(group, ({ split }) => split));
  const conflicting = groups.filter((group) => several(group, ({ className }) => className));
  const harmless = groups.filter((group) =>
    !leaking.includes(group) && !conflicting.includes(group)
  );
  const isExact = (group: ComparedPhoto[]) => !several(group, ({ sha256 }) => sha256);
  const exact = harmless.filter(isExact);
  const near = harmless.filter((group) => !isExact(group));
  return [
    ...finding("leakage", "error", leaking.filter(hasTest), {
      title: (photos) =>
        `${photos} are in test and, the same or nearly so, in train or val: the accuracy on test ` +
        "will be too high",
      remedy: "Keep each group on one side: remove its files from test, or from the others.",
    }),
    ...finding("leakage", "error", leaking.filter((group) => !hasTest(group)), {
      title: (photos) =>
        `${photos} are in train and, the same or nearly so, in val: the accuracy on val will be ` +
        "too high",
      remedy: "Keep each group on one side: remove its files from val, or from train.",
    }),
    ...finding("conflicting_labels", "error", conflicting, {
      title: (photos) => `${photos} are in more than one class, the same or nearly so`,
      remedy: "Keep each in the class where it belongs, and remove it from the others.",
    }),
    ...finding("exact_duplicates", "warning", exact, {
      title: (photos) => `${photos} are there more than once, the same to the byte`,
      remedy: "Keep one of each group: copies count twice in training and in what is measured.",
    }),
    ...finding("near_duplicates", "warning", near, {
      title: (photos) => `${photos} are nearly the same as another one`,
      remedy: "Keep one of each group where they are copies; photos of a burst may stay.",
    }),
  ];
}

function finding(
  kind: Finding["kind"],
  severity: Finding["severity"],
  groups: ComparedPhoto[][],
  { title, remedy }: { title: (photos: string) => string; remedy: string },
): Finding[] {
  if (groups.length === 0) return [];
  const paths = groups.map((group) => group.map(({ path }) => path));
  const files = paths.flat();
  const photos = `${counted(files.length, "photo")} in ${counted(groups.length, "group")}`;
  return [{ kind, severity, title: title(photos), remedy, files, groups: paths }];
}
