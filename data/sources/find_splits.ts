/** Telling the parts of a data set (for training, validation, test) from its classes. */
import { type FolderTree, folderTree } from "./folder_tree.ts";
import { some } from "./left_out.ts";

const ROLES = ["train", "val", "test"] as const;
type Role = typeof ROLES[number];

const NAMES: Record<Role, string> = {
  train: "train|training",
  val: "val|valid|validation",
  test: "test|testing",
};

/** Among the words of a name: photos that nobody has sorted, as in seg_pred. */
const UNSORTED = /^(pred|prediction|predictions|unlabell?ed)$/;

/** The folders that a data set is made of. */
export interface SplitFolders {
  /** Whose folders are the classes, where there is no train folder. */
  root: FolderTree;
  train?: FolderTree;
  /** For validation. */
  held?: FolderTree;
  /** For testing, where there is to be such a part. */
  test?: FolderTree;
  /** What was decided or left out, for a person. */
  notes: string[];
}

/** A folder beside others that hold photos, and what its name says. */
interface Part {
  folder: FolderTree;
  /** The folder itself, or the one of the same kind that is all it holds: seg_train/seg_train/. */
  inner: FolderTree;
  role?: Role;
  /** Whether the name is the role's, and not just has it in it, as training_set has. */
  isExact: boolean;
  /** Whether it holds class folders; one with photos right in it may be a class called so. */
  isSplit: boolean;
}

/**
 * Finds the folders for training, validation and testing, by their names where these hold class
 * folders: `train`, `training`; `val`, `valid`, `validation`; `test`, `testing`; in any case, or as a
 * word in a name (`seg_train`, `TestSet`) where the others are named alike. Where there are to be two
 * parts, the folder for testing stands in for a missing one for validation, and is left out else.
 *
 * @param parts into which the photos are to be divided
 * @param hasGroups whether folders in those of classes are groups, which may be called alike
 * @throws {Error} where there is val without train, two folders of either kind, or folders with the
 *   same folders in them whose names do not say what they are
 */
export function findSplits(
  paths: readonly string[],
  what: string,
  { parts = 2, hasGroups = false }: { parts?: 2 | 3; hasGroups?: boolean } = {},
): SplitFolders {
  const notes: string[] = [];
  let root = folderTree(paths);
  // An archive often holds a single folder, and that the data set.
  while (!root.photos && root.folders.size === 1) {
    const [[name, only]] = root.folders;
    if (only.photos || only.folders.size === 0 || isExactName(name)) break;
    root = only;
  }
  const folders = withPhotos(root).map(partOf);
  const train = choose(folders, "train", what);
  const val = choose(folders, "val", what);
  if (!train) {
    if (val?.isExact) throw new Error(`${what} has ${val.folder.path} but no train folder: add it`);
    const flat = flatSplits(folders);
    if (flat) return { root, train: flat.inner, notes };
    if (!hasGroups) refuseUnnamedSplits(folders, what);
    return { root, notes };
  }
  const held = val ?? (parts === 2 ? choose(folders, "test", what) : undefined);
  const test = parts === 3 ? choose(folders, "test", what) : undefined;
  if (!train.isExact) notes.push(`${train.inner.path} is used for training`);
  if (held && !(held.isExact && held.role === "val")) {
    notes.push(`${held.inner.path} is used for validation`);
  }
  if (test && !test.isExact) notes.push(`${test.inner.path} is used for testing`);
  for (const { folder } of folders) {
    if (![train, held, test].some((used) => used?.folder === folder)) {
      notes.push(`${folder.path} was left out`);
    }
  }
  return {
    root,
    train: train.inner,
    ...(held && { held: held.inner }),
    ...(test && { test: test.inner }),
    notes,
  };
}

function partOf(folder: FolderTree): Part {
  const { role, isExact } = roleOf(folder.name);
  let inner = folder;
  for (;;) {
    const [only, more] = withPhotos(inner);
    if (inner.photos || more || only.photos) break;
    const isAlike = only.name === inner.name || (role && roleOf(only.name).role === role);
    if (!isAlike) break;
    inner = only;
  }
  const count = withPhotos(inner).length;
  // Photos beside the class folders happen; one folder beside photos is rather a class's.
  const isSplit = inner.photos === 0 ? count > 0 : isExact && count > 1;
  return { folder, inner, role, isExact, isSplit };
}

/** The part that a name means, such as `val` of "Validation"; undefined where it means none. */
export function exactRole(name: string): Role | undefined {
  return ROLES.find((role) => new RegExp(`^(${NAMES[role]})$`, "i").test(name));
}

function roleOf(name: string): { role?: Role; isExact: boolean } {
  const exact = exactRole(name);
  if (exact) return { role: exact, isExact: true };
  const words = wordsOf(name);
  const roles = ROLES.filter((role) =>
    words.some((word) => new RegExp(`^(${NAMES[role]})(set|data|images?|photos)?$`).test(word))
  );
  return { ...(roles.length === 1 && { role: roles[0] }), isExact: false };
}

/** "TrainSet_2" is "train", "set". */
function wordsOf(name: string): string[] {
  return name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z]+/);
}

const isExactName = (name: string) => roleOf(name).isExact;

/** The split of a role; by a word in its name only where another split confirms that. */
function choose(parts: readonly Part[], role: Role, what: string): Part | undefined {
  const splits = parts.filter((part) => part.isSplit && part.role === role);
  const exact = splits.filter(({ isExact }) => isExact);
  const found = exact.length > 0 ? exact : splits.filter((part) => isConfirmed(part, parts));
  if (found.length < 2) return found[0];
  const list = found.map(({ folder }) => folder.path).join(" and ");
  throw new Error(`${what} has ${list}, and it is not clear which to take: remove or rename one`);
}

/** Another split of another role has class folders of the same names; or all names are splits'. */
function isConfirmed(part: Part, parts: readonly Part[]): boolean {
  const names = new Set(classNames(part));
  return parts.every(hasSplitName) ||
    parts.some((other) =>
      other.isSplit && other.role && other.role !== part.role &&
      classNames(other).some((name) => names.has(name))
    );
}

function hasSplitName({ role, folder }: Part): boolean {
  return role !== undefined || wordsOf(folder.name).some((word) => UNSORTED.test(word));
}

/** The train folder among folders that are splits by all of their names, but hold no classes. */
function flatSplits(parts: readonly Part[]): Part | undefined {
  return parts.every(hasSplitName) ? parts.find(({ role }) => role === "train") : undefined;
}

/** @throws {Error} for folders that look like parts of a data set by what is in them */
function refuseUnnamedSplits(parts: readonly Part[], what: string): void {
  const splits = parts.filter(({ isSplit }) => isSplit);
  const all = splits.map((part) => new Set(classNames(part)));
  const names = new Set(all.flatMap((names) => [...names]));
  const shared = [...names].filter((name) => all.filter((names) => names.has(name)).length > 1);
  if (shared.length < 2 || 2 * shared.length < names.size) return;
  const folders = splits.filter((_, i) => shared.some((name) => all[i].has(name)))
    .map(({ folder }) => folder.path);
  throw new Error(
    `${what} has the same folders (${some(shared)}) in each of ${some(folders)}: ` +
      `parts of one data set? Name them train and val, or give the one to be divided. If they ` +
      "are classes, put the photos of each right into its folder, or say --group folder where the " +
      "folders in them are subjects",
  );
}

const classNames = ({ inner }: Part) => withPhotos(inner).map(({ name }) => name.normalize("NFC"));

const withPhotos = (folder: FolderTree) =>
  [...folder.folders.values()].filter(({ deepPhotos }) => deepPhotos > 0);
