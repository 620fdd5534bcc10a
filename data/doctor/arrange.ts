/** Where each file of a folder belongs, even where the folder is no data set. */
import { compareCodePoints, hasImageExtension } from "../image_folder.ts";
import type { Place } from "../examined.ts";
import { type FolderTree, folderTree } from "../sources/folder_tree.ts";
import { findSplits, type SplitFolders } from "../sources/find_splits.ts";
import { classNameOf, planLayout } from "../sources/layout.ts";

export interface Arrangement {
  photos: ({ path: string } & Place)[];
  others: string[];
  /** What was decided by the names of folders. */
  notes: string[];
  /** Why building a dataset would refuse the folder. */
  problem?: string;
}

/**
 * @param paths of files, with `/`; folders end in it
 * @param what the name of the source in messages
 */
export function arrange(paths: readonly string[], what: string): Arrangement {
  let problem: string | undefined;
  let folders: SplitFolders = { root: folderTree(paths), notes: [] };
  try {
    folders = findSplits(paths, what, { parts: 3 });
    planLayout(paths, what, { seed: 0, valFraction: 0.2, parts: 3 });
  } catch (error) {
    problem = (error as Error).message;
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
