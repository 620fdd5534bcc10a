/** Where each file of a folder belongs, even where the folder is no data set. */
import { compareCodePoints, hasImageExtension } from "../image_folder.ts";
import type { Place } from "../examined.ts";
import { type FolderTree, folderTree } from "../sources/folder_tree.ts";
import { findSplits, type SplitFolders } from "../sources/find_splits.ts";
import type { Change } from "../review/journal.ts";
import { chooseLayout, layoutOf, mendLayout, type ReadFile } from "../sources/choose_layout.ts";
import type { Division } from "../sources/divide.ts";
import { VAL_FRACTION } from "../sources/split.ts";
import { classNameOf, planLayout } from "../sources/layout.ts";
import type { LeftOut } from "../sources/left_out.ts";
import type { Plan, PlannedFile } from "../sources/plan.ts";

export interface Arrangement {
  photos: ({ path: string } & Place)[];
  others: string[];
  /** What was decided by the names of folders, by a list, or in a review. */
  notes: string[];
  /** Lines of a list, or decisions, whose photo is not there. */
  missing: LeftOut[];
  /** Where dividing the photos is ours: the plan, with the paths that they really have. */
  divided?: { files: PlannedFile[]; division: Division };
  /** Why building a dataset would refuse the folder. */
  problem?: string;
}

/** As `--recipe best` divides. */
const DIVISION = { seed: 0, valFraction: VAL_FRACTION, parts: 3 } as const;

/**
 * @param paths of files, with `/`; folders end in it
 * @param what the name of the source in messages
 * @param review what a review made of the photos
 */
export async function arrange(
  paths: readonly string[],
  what: string,
  read: ReadFile,
  review: readonly Change[] = [],
): Promise<Arrangement> {
  let chosen: Awaited<ReturnType<typeof chooseLayout>> | undefined;
  let mended: Awaited<ReturnType<typeof mendLayout>>;
  let trouble: string | undefined;
  try {
    chosen = await chooseLayout(paths, what, DIVISION, read);
    mended = await mendLayout(chosen, paths, what, { ...DIVISION, review }, read);
  } catch (error) {
    trouble = (error as Error).message;
  }
  const labelled = chosen && "labelled" in chosen ? chosen.labelled : undefined;
  const { paths: placedPaths, originOf, named } = mended ??
    layoutOf(chosen ?? { folders: { files: [], notes: [] } }, paths, what);
  const { photos, others, notes, plan, problem } = placeByFolder(placedPaths, named, trouble);
  const placed = [
    ...photos.map((photo) => ({ ...photo, path: originOf(photo.path) })),
    ...(labelled?.unlabelled ?? []).map((path) => ({ path })),
  ].sort((a, b) => compareCodePoints(a.path, b.path));
  return {
    photos: placed,
    others: others.map(originOf),
    notes: [
      ...notes,
      ...labelled ? [`the classes are those that ${labelled.list} says`] : [],
      ...mended ? [mended.note] : [],
    ],
    missing: [...labelled?.missing ?? [], ...mended?.missing ?? []],
    ...(plan?.divided && {
      divided: {
        files: plan.files.map((file) => ({ ...file, from: originOf(file.from) })),
        division: { ...DIVISION, parts: plan.divided.into },
      },
    }),
    ...(problem !== undefined && { problem }),
  };
}

/** @param problem what is known to be wrong; else it is found */
function placeByFolder(paths: readonly string[], what: string, problem?: string) {
  let folders: SplitFolders = { root: folderTree(paths), notes: [] };
  let plan: Plan | undefined;
  try {
    folders = findSplits(paths, what, { parts: 3 });
    plan = planLayout(paths, what, DIVISION);
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
    plan,
    problem,
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
