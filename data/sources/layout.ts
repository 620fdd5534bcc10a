/** Recognising a data set by its folders. */
import { type Part, PARTS } from "../dataset_index.ts";
import { compareCodePoints, hasImageExtension } from "../image_folder.ts";
import { describeDivision, divide, type Division } from "./divide.ts";
import { findSplits } from "./find_splits.ts";
import type { GroupRule } from "./group_rule.ts";
import type { FolderTree } from "./folder_tree.ts";
import { some } from "./left_out.ts";
import type { Plan, PlannedFile } from "./plan.ts";

/**
 * Plans a data set in one of these layouts, also below folders that hold nothing else:
 * - `train/CLASS/…` and `val/CLASS/…`, also under other names: see {@linkcode findSplits};
 * - `train/CLASS/…` alone, or `CLASS/…`: a seeded part of each class is taken for validation.
 *
 * Where there are to be three parts, `test/CLASS/…` beside train is for testing, and photos that
 * nobody has divided are, where they are enough, divided in three.
 *
 * All files in class folders are taken, as torchvision's ImageFolder passes over those that are no
 * photos by extension. Hidden files and folders are left out. A class is called by its folder's name
 * in Unicode's composed form (NFC): Macs write the other, and both look the same.
 *
 * @param paths files, with `/`; folders end in `/` (needed for empty ones only)
 * @param what the name of the source in messages
 * @throws {Error} where there are no classes, only one, an empty one, or the splits differ in theirs
 */
export function planLayout(
  paths: readonly string[],
  what: string,
  division: Division & { group?: GroupRule },
): Plan {
  const { parts = 2, group } = division;
  const { root, train, held, test, notes } = findSplits(paths, what, {
    parts,
    hasGroups: group?.kind === "folder",
  });
  const classes = classFolders(train ?? root, what, notes);
  const ofTest = train && test ? planTest(train, classes, test, what, notes) : [];
  if (!train || !held) {
    // Where there is a test, the rest is divided in two.
    const into = ofTest.length > 0 ? 2 : parts;
    const { files, words } = divideClasses(classes, what, { ...division, parts: into });
    return { files: [...files, ...ofTest], notes, divided: { into, words } };
  }
  const valClasses = classFolders(held, what, notes);
  assertSameClasses(train, classes, held, valClasses, what);
  const files = [
    ...classes.flatMap((folder) => planned(folder, "train", folder.files)),
    ...valClasses.flatMap((folder) => planned(folder, "val", folder.files)),
    ...ofTest,
  ];
  return { files, notes };
}

/** A class that test lacks is merely not measured; one that train lacks can never be right. */
function planTest(
  train: FolderTree,
  classes: FolderTree[],
  test: FolderTree,
  what: string,
  notes: string[],
): PlannedFile[] {
  const testClasses = classFolders(test, what, notes, 1);
  const remedy = "add photos of it there, or remove it here";
  assertKnownClasses(test, testClasses, train, classes, what, remedy);
  const names = new Set(testClasses.map(classNameOf));
  const missing = classes.map(classNameOf).filter((name) => !names.has(name));
  if (missing.length > 0) {
    notes.push(`${test.path} has no photos of ${some(missing)}, of which nothing is tested`);
  }
  return testClasses.flatMap((folder) => planned(folder, "test", folder.files));
}

/** Divides class folders. */
function divideClasses(
  folders: readonly FolderTree[],
  what: string,
  division: Division,
): { files: PlannedFile[]; words: string } {
  const files = folders.map((folder) => {
    const all = planned(folder, "train", folder.files);
    const photos = all.filter(({ file }) => hasImageExtension(file));
    if (photos.length >= 2) return { all, photos };
    throw new Error(
      `The class folder ${folder.path} of ${what} has a single photo, and one each is needed for ` +
        `training and validation: add photos or remove the folder`,
    );
  });
  const parts = divide(files.flatMap(({ photos }) => photos), [], division);
  const placed = files.flatMap(({ all }) => {
    const inParts = all.map((file) => ({ ...file, split: parts.get(file) ?? file.split }));
    return PARTS.flatMap((part) => inParts.filter(({ split }) => split === part));
  });
  return { files: placed, words: describeDivision(parts, division) };
}

/** The folders of a split, one a class, of which it takes `least`; each with at least a photo. */
function classFolders(
  root: FolderTree,
  what: string,
  notes: string[],
  least = 2,
): FolderTree[] {
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
  if (folders.length < least) {
    throw new Error(
      `${where} has only one class, ${
        folders[0].name
      }: a classifier needs two or more, each in a ` +
        `folder of its own`,
    );
  }
  if (root.photos) {
    const photos = root.photos === 1 ? ["1 photo", "was"] : [`${root.photos} photos`, "were"];
    notes.push(photos.join(" in no class folder ") + " left out");
  }
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
  const remedy = "both need the same class folders";
  assertKnownClasses(val, valClasses, train, trainClasses, what, remedy);
  assertKnownClasses(train, trainClasses, val, valClasses, what, remedy);
}

/** @throws {Error} for a class of one folder that the other lacks */
function assertKnownClasses(
  here: FolderTree,
  classes: FolderTree[],
  there: FolderTree,
  known: FolderTree[],
  what: string,
  remedy: string,
) {
  const names = new Set(known.map(classNameOf));
  const lone = classes.find((folder) => !names.has(classNameOf(folder)));
  if (!lone) return;
  throw new Error(
    `${what} has the class ${
      classNameOf(lone)
    } in ${here.path} but not in ${there.path}: ${remedy}`,
  );
}

function planned(folder: FolderTree, split: Part, files: string[]): PlannedFile[] {
  const className = classNameOf(folder);
  return files.map((file) => ({ from: folder.path + file, split, className, file }));
}
