/** Recognising a data set by its folders. */
import { compareCodePoints, hasImageExtension } from "../image_folder.ts";
import { type FolderTree, folderTree } from "./folder_tree.ts";
import type { Plan, PlannedFile, Split } from "./plan.ts";
import { shuffled, valCount } from "./split.ts";

/** How photos without a given split are divided. */
export interface Division {
  seed: number;
  /** The part of each class that is for validation, such as 0.2. */
  valFraction: number;
}

const trainNames = ["train", "training"];
const valNames = ["val", "valid", "validation"];
const testNames = ["test", "testing"];

/**
 * Plans a data set in one of these layouts, also below folders that hold nothing else:
 * - `train/CLASS/…` and `val/CLASS/…` (also `training`; `valid`, `validation`; or, where there is
 *   none of these, `test`), names in any case;
 * - `train/CLASS/…` alone, or `CLASS/…`: a seeded part of each class is taken for validation.
 *
 * All files in class folders are taken, as torchvision's ImageFolder passes over those that are no
 * photos by extension. Hidden files and folders are left out.
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

/** The folders that a data set is made of. */
export interface SplitFolders {
  /** Whose folders are the classes, where there is no train folder. */
  root: FolderTree;
  train?: FolderTree;
  /** For validation. */
  held?: FolderTree;
  /** What was decided or left out, for a person. */
  notes: string[];
}

/** @throws {Error} where there is val without train, or two folders of either kind */
export function findSplits(paths: readonly string[], what: string): SplitFolders {
  const notes: string[] = [];
  let root = folderTree(paths);
  // An archive often holds a single folder, and that the data set.
  while (!root.photos && root.folders.size === 1) {
    const [[name, only]] = root.folders;
    if (only.photos || only.folders.size === 0 || isSplitName(name)) break;
    root = only;
  }
  const train = find(root, trainNames, what);
  const val = find(root, valNames, what);
  if (!train) {
    if (val) throw new Error(`${what} has ${val.path} but no train folder: add it`);
    return { root, notes };
  }
  let held = val;
  if (!held) {
    const test = find(root, testNames, what);
    if (test && [...test.folders.values()].some(({ deepPhotos }) => deepPhotos > 0)) {
      held = test;
      notes.push(`${test.path} is used for validation`);
    }
  }
  const used = [train, held];
  for (const folder of root.folders.values()) {
    if (!used.includes(folder) && folder.deepPhotos > 0) notes.push(`${folder.path} was left out`);
  }
  return { root, train, held, notes };
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
      shuffled(photos, (file) => file, seed, folder.name).slice(0, count),
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
  const folders = [...root.folders.values()].sort((a, b) => compareCodePoints(a.name, b.name));
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

function assertSameClasses(
  train: FolderTree,
  trainClasses: FolderTree[],
  val: FolderTree,
  valClasses: FolderTree[],
  what: string,
) {
  const check = (from: FolderTree[], here: FolderTree, there: FolderTree, others: FolderTree[]) => {
    const names = new Set(others.map(({ name }) => name));
    const lone = from.find(({ name }) => !names.has(name));
    if (!lone) return;
    throw new Error(
      `${what} has the class ${lone.name} in ${here.path} but not in ${there.path}: ` +
        `both need the same class folders`,
    );
  };
  check(valClasses, val, train, trainClasses);
  check(trainClasses, train, val, valClasses);
}

function planned(folder: FolderTree, split: Split, files: string[]): PlannedFile[] {
  return files.map((file) => ({ from: folder.path + file, split, className: folder.name, file }));
}

function find(root: FolderTree, names: string[], what: string): FolderTree | undefined {
  const found = [...root.folders.values()].filter(({ name }) => names.includes(name.toLowerCase()));
  if (found.length < 2) return found[0];
  const list = found.map(({ path }) => path).join(" and ");
  throw new Error(`${what} has ${list}, and it is not clear which to take: remove or rename one`);
}

function isSplitName(name: string): boolean {
  return [...trainNames, ...valNames, ...testNames].includes(name.toLowerCase());
}

function joined(notes: string[]): { note?: string } {
  return notes.length ? { note: notes.join("; ") } : {};
}
