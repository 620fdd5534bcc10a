/** Photos that are there more than once, and what that does to what is measured. */
import type { Examined } from "../examined.ts";
import { nearDuplicates } from "../near_duplicates.ts";
import type { Finding } from "./finding.ts";
import { counted } from "../statistics/percent.ts";

export function duplicateFindings(files: readonly Examined[]): Finding[] {
  const photos = files.filter(({ photo }) => photo);
  const groups = nearDuplicates(photos.map(({ photo }) => photo!.fingerprint))
    .map((group) => group.map((i) => photos[i]));
  const several = (group: Examined[], of: (file: Examined) => string | undefined) =>
    new Set(group.map(of)).size > 1;
  const leaking = groups.filter((group) => several(group, ({ split }) => split));
  const conflicting = groups.filter((group) => several(group, ({ className }) => className));
  const harmless = groups.filter((group) =>
    !leaking.includes(group) && !conflicting.includes(group)
  );
  const isExact = (group: Examined[]) => !several(group, ({ photo }) => photo!.sha256);
  const exact = harmless.filter(isExact);
  const near = harmless.filter((group) => !isExact(group));
  return [
    ...finding("leakage", "error", leaking, {
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
  groups: Examined[][],
  { title, remedy }: { title: (photos: string) => string; remedy: string },
): Finding[] {
  if (groups.length === 0) return [];
  const paths = groups.map((group) => group.map(({ path }) => path));
  const files = paths.flat();
  const photos = `${counted(files.length, "photo")} in ${counted(groups.length, "group")}`;
  return [{ kind, severity, title: title(photos), remedy, files, groups: paths }];
}
