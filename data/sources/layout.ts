/** Recognising a data set by its folders. */
import { compareCodePoints, hasImageExtension } from "../image_folder.ts";
import { findSplits } from "./find_splits.ts";
import type { FolderTree } from "./folder_tree.ts";
import type { Plan, PlannedFile, Split } from "./plan.ts";
import { shuffled, valCount } from "./split.ts";

/** How photos without a given split are divided. */
export interface Division {
  seed: number;
  /** The part of each class that is for validation, such as 0.2. */
  valFraction: number;
}

/**
 * Plans a data set in one of these layouts, also below folders that hold nothing else:
 * - `train/CLASS/…` and `val/CLASS/…`, also under other names: see {@linkcode findSplits};
 * - `train/CLASS/…` alone, or `CLASS/…`: a seeded part of each class is taken for validation.
 *
 * All files in class folders are taken, as torchvision's ImageFolder passes over those that are no
 * photos by extension. Hidden files and folders are left out. A class is called by its folder's name
 * in Unicode's composed form (NFC): Macs write the other, and both look the same.
 *
 * @param paths files, with `/`; folders end in `/` (needed for empty ones only)
 * @param what the name of the source in messages
 * @throws {Error} where there are no classes, only one, an empty one, or the splits differ in theirs
 */
export function planLayout(paths: readonly string[], what: string, division: Division): Plan {
  const { root, train, held, notes } = findSplits(paths, what);
  if (!train || !held) return { ...divide(train ?? root, what, division, notes), ...joined(notes) };
  const classes = [train, held].map((folder) => classFolders(folder, what, notes));
  assertSameClasses(train, classes[0], held, classes[1], what);
  const files = [
    ...classes[0].flatMap((folder) => planned(folder, "train", folder.files)),
    ...classes[1].flatMap((folder) => planned(folder, "val", folder.files)),
  ];
  return { files, ...joined(notes) };
}

/** Splits class folders. */
function divide(
  root: FolderTree,
  what: string,
  division: Division,
  notes: string[],
): Omit<Plan, "note"> {
  const { seed, valFraction } = division;
  const files = classFolders(root, what, notes).flatMap((folder) => {
    const photos = folder.files.filter(hasImageExtension);
    if (photos.length < 2) {
      throw new Error(
        `The class folder ${folder.path} of ${what} has a single photo, and one each is needed for ` +
          `training and validation: add photos or remove the folder`,
      );
    }
    const count = valCount(photos.length, valFraction);
    const val = new Set(
      shuffled(photos, (file) => file, seed, classNameOf(folder)).slice(0, count),
    );
    return [
      ...planned(folder, "train", folder.files.filter((file) => !val.has(file))),
      ...planned(folder, "val", folder.files.filter((file) => val.has(file))),
    ];
  });
  const percent = Number((valFraction * 100).toFixed(2));
  notes.push(`${percent}% of each class, chosen by seed ${seed}, are for validation`);
  return { files, divided: true };
}

/** The folders of a split, one a class; each with at least a photo. */
function classFolders(root: FolderTree, what: string, notes: string[]): FolderTree[] {
  const where = root.path ? `${root.path} of ${what}` : what;
  const folders = [...root.folders.values()]
    .sort((a, b) => compareCodePoints(classNameOf(a), classNameOf(b)));
  if (folders.length === 0 || folders.every(({ deepPhotos }) => deepPhotos === 0)) {
    throw new Error(
      `${where} has no class folders with photos: put the photos of each class into a folder of ` +
        `its name, such as ants/ and bees/`,
    );
  }
  const empty = folders.find(({ deepPhotos }) => deepPhotos === 0);
  if (empty) {
    throw new Error(
      `The class folder ${empty.path} of ${what} has no photos: put photos into it or remove it`,
    );
  }
  refuseTwins(folders, where);
  if (folders.length === 1) {
    throw new Error(
      `${where} has only one class, ${
        folders[0].name
      }: a classifier needs two or more, each in a ` +
        `folder of its own`,
    );
  }
  if (root.photos) notes.push(`${root.photos} photos in no class folder were left out`);
  return folders;
}

/** @throws {Error} for two names that look the same, and differ only in how they are written */
function refuseTwins(folders: readonly FolderTree[], where: string): void {
  for (const [i, folder] of folders.entries()) {
    const twin = folders[i + 1];
    if (!twin || classNameOf(folder) !== classNameOf(twin)) continue;
    throw new Error(
      `${where} has the class ${classNameOf(folder)} twice, as ${ascii(folder.name)} and as ` +
        `${
          ascii(twin.name)
        }, two spellings of the same letters in Unicode: move the photos of one ` +
        "folder into the other",
    );
  }
}

/** With escapes, as what they stand for cannot be told apart. */
function ascii(text: string): string {
  const escaped = Array.from(
    text,
    (character) =>
      character < "\x7f" ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  return `"${escaped.join("")}"`;
}

/** Unicode has two spellings of many letters: a class is the same in both. */
export function classNameOf({ name }: Pick<FolderTree, "name">): string {
  return name.normalize("NFC");
}

function assertSameClasses(
  train: FolderTree,
  trainClasses: FolderTree[],
  val: FolderTree,
  valClasses: FolderTree[],
  what: string,
) {
  const check = (from: FolderTree[], here: FolderTree, there: FolderTree, others: FolderTree[]) => {
    const names = new Set(others.map(classNameOf));
    const lone = from.find((folder) => !names.has(classNameOf(folder)));
    if (!lone) return;
    throw new Error(
      `${what} has the class ${classNameOf(lone)} in ${here.path} but not in ${there.path}: ` +
        `both need the same class folders`,
    );
  };
  check(valClasses, val, train, trainClasses);
  check(trainClasses, train, val, valClasses);
}

function planned(folder: FolderTree, split: Split, files: string[]): PlannedFile[] {
  const className = classNameOf(folder);
  return files.map((file) => ({ from: folder.path + file, split, className, file }));
}

function joined(notes: string[]): { note?: string } {
  return notes.length ? { note: notes.join("; ") } : {};
}
