/** Photos as `deno task pipeline --recipe best` divides them, so that both teach by the same ones. */
import type { Fingerprint } from "../../data/fingerprint.ts";
import { compareCodePoints } from "../../data/image_folder.ts";
import { joinGroups } from "../../data/join_groups.ts";
import { nearDuplicates } from "../../data/near_duplicates.ts";
import { divide } from "../../data/sources/divide.ts";
import { mergeGroups } from "../../data/sources/merge_groups.ts";
import type { PlannedFile } from "../../data/sources/plan.ts";
import { VAL_FRACTION } from "../../data/sources/split.ts";
import type { Part } from "../../data/dataset_index.ts";
import { checkDivisible, DivisionError } from "../../training/probe/cross_validation.ts";

/** A photo that could be looked at. */
export interface SeenPhoto {
  className: string;
  /** Below the class's folder; a take of a camera is a folder. */
  file: string;
  fingerprint: Fingerprint;
}

export interface DividedPhotos<Photo extends SeenPhoto> {
  /** Names that have a photo to learn from, by code point. */
  classes: string[];
  /** Class by class, each in the order of its files. */
  photos: { photo: Photo; part: Part; label: number; group?: string }[];
  /** Whether photos of one take were kept together. */
  byTake: boolean;
  /** Why cross-validation is not possible, in words; absent where it is. */
  objection?: string;
}

/**
 * Keeps near duplicates on one side, and photos of one take where all classes have takes enough: frames
 * of one take are hardly different, and whoever is asked about one after the others tells what it has
 * seen already.
 *
 * @param folds of the cross-validation that is to follow
 */
export function dividePhotos<Photo extends SeenPhoto>(
  photos: readonly Photo[],
  { seed, folds }: { seed: number; folds: number },
): DividedPhotos<Photo> {
  const sorted = photos.toSorted((a, b) =>
    compareCodePoints(a.className, b.className) ||
    compareCodePoints(takeOf(a) ?? "", takeOf(b) ?? "") || compareCodePoints(a.file, b.file)
  );
  const hasTakes = sorted.some((photo) => takeOf(photo) !== undefined);
  const byTake = hasTakes ? divideBy(sorted, true, seed, folds) : undefined;
  if (byTake && !byTake.objection) return byTake;
  return divideBy(sorted, false, seed, folds);
}

/** The folder that a photo of a take lies in. */
function takeOf({ file }: SeenPhoto): string | undefined {
  const end = file.lastIndexOf("/");
  return end < 0 ? undefined : file.slice(0, end);
}

function divideBy<Photo extends SeenPhoto>(
  photos: readonly Photo[],
  byTake: boolean,
  seed: number,
  folds: number,
): DividedPhotos<Photo> {
  const files = photos.map(({ className, file }): PlannedFile => ({
    from: `${className}/${file}`,
    split: "train",
    className,
    file,
  }));
  const near = nearDuplicates(photos.map(({ fingerprint }) => fingerprint))
    .map((group) => group.map((i) => files[i]));
  const takes = new Map(
    byTake
      ? files.flatMap((file, i) => {
        const take = takeOf(photos[i]);
        return take === undefined ? [] : [[file, take] as const];
      })
      : [],
  );
  const named = Map.groupBy(takes.keys(), (file) => takes.get(file)!);
  const groups = mergeGroups([...near, ...named.values()]);
  const parts = divide(files, groups, { seed, valFraction: VAL_FRACTION, parts: 3 });
  // What a group has taken in counts as of it, as for the pipeline.
  for (const group of groups) {
    const [name] = group.flatMap((file) => takes.get(file) ?? []).sort(compareCodePoints);
    if (name !== undefined) { for (const file of group) takes.set(file, name); }
  }
  const classes = [...new Set(files.map(({ className }) => className))]
    .filter((name) => files.some((file) => file.className === name && parts.get(file) === "train"));
  const divided = files.flatMap((file, i) => {
    const label = classes.indexOf(file.className);
    return label < 0
      ? []
      : [{ photo: photos[i], file, part: parts.get(file)!, label, group: takes.get(file) }];
  });
  // Only the photos that are not for testing are compared once more, among themselves.
  const alikes = alikeIn(divided.filter(({ part }) => part !== "test"));
  const train = divided.filter(({ part }) => part === "train");
  const joined = joinGroups(train.map(({ file, group }) => ({
    path: pathOf(file),
    group,
    alike: alikes.get(file),
  })));
  const groupOf = new Map(train.map(({ file }, i) => [file, joined?.[i]]));
  const objection = whyWhole(files, groups, takes) ??
    whyIndivisible(train.map(({ label }) => label), classes, joined, folds);
  return {
    classes,
    photos: divided.map(({ photo, file, part, label, group }) => ({
      photo,
      part,
      label,
      group: part === "train" ? groupOf.get(file) : group,
    })),
    byTake,
    ...(objection !== undefined && { objection }),
  };
}

const pathOf = ({ className, file }: PlannedFile) => `train/${className}/${file}`;

/** Photos of which there are near duplicates, each with the path of their first. */
function alikeIn(
  divided: readonly { photo: SeenPhoto; file: PlannedFile; part: Part }[],
): Map<PlannedFile, string> {
  const ordered = [
    ...divided.filter(({ part }) => part === "train"),
    ...divided.filter(({ part }) => part === "val"),
  ];
  return new Map(
    nearDuplicates(ordered.map(({ photo }) => photo.fingerprint)).flatMap((group) =>
      group.map((i) => [ordered[i].file, pathOf(ordered[group[0]].file)] as const)
    ),
  );
}

/** A class that is one take leaves nothing to be asked about. */
function whyWhole(
  files: readonly PlannedFile[],
  groups: readonly PlannedFile[][],
  takes: ReadonlyMap<PlannedFile, string>,
): string | undefined {
  const groupOf = new Map(groups.flatMap((group) => group.map((file) => [file, group])));
  for (const [className, members] of Map.groupBy(files, ({ className }) => className)) {
    const group = groupOf.get(members[0]);
    if (!group || !takes.has(group[0])) continue;
    if (members.every((file) => groupOf.get(file) === group)) {
      return `${className} was taken all at once`;
    }
  }
}

function whyIndivisible(
  labels: readonly number[],
  classes: readonly string[],
  groups: readonly string[] | undefined,
  folds: number,
): string | undefined {
  if (classes.length < 2) return "there is one class: two or more can be told apart";
  try {
    checkDivisible({ labels: Int32Array.from(labels), classes, groups }, folds);
  } catch (error) {
    if (!(error instanceof DivisionError)) throw error;
    // A class whose photos all show the same, or that has one.
    const alike = classes.find((_, label) => {
      const own = labels.flatMap((of, i) => of === label ? [groups?.[i] ?? String(i)] : []);
      return new Set(own).size < 2;
    });
    return alike === undefined
      ? `there are too few photos that differ: ${folds} parts are made of those that are taught`
      : `all photos of ${alike} that are taught show nearly the same: add some from another side, ` +
        "in other light, or of another one";
  }
}
