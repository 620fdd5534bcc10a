/** Where each file of a folder belongs, even where the folder is no data set. */
import { compareCodePoints, hasImageExtension } from "../image_folder.ts";
import type { Place } from "../examined.ts";
import { type FolderTree, folderTree } from "../sources/folder_tree.ts";
import { findSplits, type SplitFolders } from "../sources/find_splits.ts";
import { chooseLayout, type ReadFile, whatListed } from "../sources/choose_layout.ts";
import type { LabelledPaths } from "../sources/labelled_paths.ts";
import { classNameOf, planLayout } from "../sources/layout.ts";
import type { LeftOut } from "../sources/left_out.ts";

export interface Arrangement {
  photos: ({ path: string } & Place)[];
  others: string[];
  /** What was decided by the names of folders, or by a list. */
  notes: string[];
  /** Lines of a list whose photo is not there. */
  missing: LeftOut[];
  /** Why building a dataset would refuse the folder. */
  problem?: string;
}

/** As `--recipe best` divides. */
const DIVISION = { seed: 0, valFraction: 0.2, parts: 3 } as const;

/**
 * @param paths of files, with `/`; folders end in it
 * @param what the name of the source in messages
 */
export async function arrange(
  paths: readonly string[],
  what: string,
  read: ReadFile,
): Promise<Arrangement> {
  let labelled: LabelledPaths | undefined, problem: string | undefined;
  try {
    const chosen = await chooseLayout(paths, what, DIVISION, read);
    if ("labelled" in chosen) labelled = chosen.labelled;
  } catch (error) {
    problem = (error as Error).message;
  }
  if (!labelled) return { ...placeByFolder(paths, what, problem), missing: [] };
  const { list, paths: listed, unlabelled, missing } = labelled;
  const { photos, others, notes, problem: ofList } = placeByFolder(
    [...listed.keys()],
    whatListed(what, list),
  );
  const from = (path: string) => listed.get(path)!;
  const placed = [
    ...photos.map((photo) => ({ ...photo, path: from(photo.path) })),
    ...unlabelled.map((path) => ({ path })),
  ].sort((a, b) => compareCodePoints(a.path, b.path));
  return {
    photos: placed,
    others: others.map(from),
    notes: [...notes, `the classes are those that ${list} says`],
    missing,
    ...(ofList !== undefined && { problem: ofList }),
  };
}

/** @param problem what is known to be wrong; else it is found */
function placeByFolder(
  paths: readonly string[],
  what: string,
  problem?: string,
): Omit<Arrangement, "missing"> {
  let folders: SplitFolders = { root: folderTree(paths), notes: [] };
  try {
    folders = findSplits(paths, what, { parts: 3 });
    planLayout(paths, what, DIVISION);
  } catch (error) {
    problem ??= (error as Error).message;
  }
  const { root, train, held, test } = folders;
  const placed = [
    ...filesOf(train ?? root, held && "train"),
    ...held ? filesOf(held, "val") : [],
    ...train && test ? filesOf(test, "test") : [],
  ];
  placed.sort((a, b) => compareCodePoints(a.path, b.path));
  return {
    photos: placed.filter(({ path }) => hasImageExtension(path)),
    others: placed.map(({ path }) => path).filter((path) => !hasImageExtension(path)),
    notes: folders.notes,
    ...(problem !== undefined && { problem }),
  };
}

function filesOf(folder: FolderTree, split: Place["split"]): ({ path: string } & Place)[] {
  return folder.files.map((file) => {
    const [name, ...rest] = file.split("/");
    const className = classNameOf({ name });
    const path = folder.path + file;
    return { path, ...(split && { split }), ...(rest.length > 0 && { className }) };
  });
}
