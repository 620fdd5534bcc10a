/** Whether folders or a list beside the photos say what their classes are. */
import { type Change, JOURNAL } from "../review/journal.ts";
import { folderOf, type LabelledPaths, labelledPaths, listCandidates } from "./labelled_paths.ts";
import { type LabelLine, parseLabelList } from "./label_list.ts";
import { planLayout } from "./layout.ts";
import { type LeftOut, some } from "./left_out.ts";
import { type MendedPaths, mendPaths } from "./mend_paths.ts";
import type { Plan, PlannedFile } from "./plan.ts";

/** Above that, a file is no list: a million lines have less. */
const MOST = 128 * 2 ** 20;

/** Reads a file of the source; undefined where it has more than `most` bytes. */
export type ReadFile = (path: string, most: number) => Promise<Uint8Array | undefined>;

type Division = Parameters<typeof planLayout>[2] & {
  /** What a review made of the photos. */
  review?: readonly Change[];
};

/** A plan, and what of the source it cannot use. */
export interface ListedPlan extends Plan {
  /** Lines of a list whose photo is not there. */
  missing: LeftOut[];
}

/**
 * Plans a data set whose classes folders say, as {@linkcode planLayout} does; or a list of labels
 * (`parseLabelList`) beside or above all photos, where folders do not.
 *
 * @throws {Error} as these two do, and where folders and list contradict each other
 */
export async function planPhotos(
  paths: readonly string[],
  what: string,
  division: Division,
  read: ReadFile,
): Promise<ListedPlan> {
  const chosen = await chooseLayout(paths, what, division, read);
  const mended = await mendLayout(chosen, paths, what, division, read);
  if ("folders" in chosen && !mended) return { ...chosen.folders, missing: [] };
  const { paths: mendedPaths, originOf, named } = mended ?? layoutOf(chosen, paths, what);
  const plan = planLayout(mendedPaths, named, division);
  const notes = [...plan.notes, ...mended ? [mended.note] : []];
  if ("labelled" in chosen) {
    const { list, unlabelled } = chosen.labelled;
    notes.push(`the classes are those that ${list} says`);
    if (unlabelled.length > 0) notes.push(describeUnlabelled(unlabelled, list));
  }
  const files = plan.files.map((file): PlannedFile => {
    const from = originOf(file.from);
    return { ...file, from, ...(from !== file.from && { listed: file.from }) };
  });
  return { ...plan, files, notes, missing: [...missingOf(chosen), ...mended?.missing ?? []] };
}

/** What says the classes. */
type Chosen = { folders: Plan } | { labelled: LabelledPaths };

/** Paths that a data set is planned from, and those that the photos really have. */
export interface Layout {
  paths: string[];
  originOf: (path: string) => string;
  /** The source in messages. */
  named: string;
}

const missingOf = (chosen: Chosen) => "labelled" in chosen ? chosen.labelled.missing : [];

export function layoutOf(chosen: Chosen, paths: readonly string[], what: string): Layout {
  if ("folders" in chosen) return { paths: [...paths], originOf: (path) => path, named: what };
  const { list, paths: listed } = chosen.labelled;
  return {
    paths: [...listed.keys()],
    originOf: (path) => listed.get(path) ?? path,
    named: whatListed(what, list),
  };
}

/**
 * The layout as though photos had been moved as a review says; undefined where there was none.
 * @throws {Error} as `mendPaths`
 */
export async function mendLayout(
  chosen: Chosen,
  paths: readonly string[],
  what: string,
  division: Division,
  read: ReadFile,
): Promise<Layout & Omit<MendedPaths, "paths"> | undefined> {
  const { review = [] } = division;
  if (review.length === 0) return undefined;
  const layout = layoutOf(chosen, paths, what);
  const { files } = planLayout(layout.paths, layout.named, division);
  const mended = await mendPaths(layout.paths, files, layout.originOf, review, read);
  const origins = new Map(mended.moves.map(({ from, to }) => [to, from]));
  return {
    ...mended,
    named: `${layout.named} (as ${JOURNAL} has it)`,
    originOf: (path) => origins.get(path) ?? layout.originOf(path),
  };
}

/** The source in messages about a list's classes, which are folders nowhere. */
function whatListed(what: string, list: string): string {
  return `${what} (by ${list})`;
}

function describeUnlabelled(paths: readonly string[], list: string): string {
  const photos = paths.length === 1 ? "1 photo" : `${paths.length} photos`;
  return `${photos} without a label in ${list} left out: ${some(paths)}`;
}

/**
 * What says the classes: the folders, where they make a data set that no list contradicts; else a
 * list, where there is one.
 *
 * @throws {Error} as {@linkcode planPhotos}
 */
export async function chooseLayout(
  paths: readonly string[],
  what: string,
  division: Division,
  read: ReadFile,
): Promise<{ folders: Plan } | { labelled: LabelledPaths }> {
  let folders: Plan | undefined, problem: Error | undefined;
  try {
    folders = planLayout(paths, what, division);
  } catch (error) {
    problem = error as Error;
  }
  const labelled: LabelledPaths[] = [];
  const doubts: string[] = [];
  for (const path of listCandidates(paths)) {
    const lines = await readList(path, read, doubts);
    if (!lines || lines.length === 0) continue;
    let found;
    try {
      found = labelledPaths({ path, lines }, paths);
    } catch (error) {
      const remedy = folders ? `; or remove ${path}, where the folders are the classes` : "";
      throw new Error((error as Error).message + remedy);
    }
    if (found) labelled.push(found);
    else doubts.push(`${path} names no photo that is there, such as ${lines[0].file}`);
  }
  const said = labelled.filter((one) => !folders || hasPhotosBeside(one) || !agrees(one, folders));
  if (said.length > 1) {
    throw new Error(
      `${what} has ${said.map(({ list }) => list).join(" and ")}, which both say of photos what ` +
        "they show: keep one of them, or put both into one",
    );
  }
  if (said.length === 0 && folders) return { folders };
  if (said.length === 0) {
    throw doubts.length > 0 ? new Error(`${some(doubts)}; ${problem!.message}`) : problem!;
  }
  const [only] = said;
  if (folders && !hasPhotosBeside(only)) {
    throw new Error(
      `${what} has folders that may be classes, and ${only.list} says otherwise of the photos in ` +
        "them: remove the list where the folders are right, or put all photos into one folder where " +
        "the list is",
    );
  }
  return { labelled: only };
}

async function readList(
  path: string,
  read: ReadFile,
  doubts: string[],
): Promise<LabelLine[] | undefined> {
  const bytes = await read(path, MOST);
  if (!bytes) {
    doubts.push(`${path} has more than ${MOST / 2 ** 20} MiB and was not read for labels`);
    return undefined;
  }
  try {
    return parseLabelList(bytes, path);
  } catch (error) {
    doubts.push(`${path} ${(error as Error).message}`);
    return undefined;
  }
}

/** Whether each class of folders is a label of the list, and the other way round. */
function agrees({ paths }: LabelledPaths, { files }: Plan): boolean {
  const classOf = new Map(files.map(({ from, className }) => [from, className]));
  const labels = new Map<string, string>(), classes = new Map<string, string>();
  for (const [target, from] of paths) {
    const label = target.split("/", 2)[1];
    const className = classOf.get(from);
    if (className === undefined) continue; // of a part that is not used
    if ((labels.get(className) ?? label) !== label) return false;
    if ((classes.get(label) ?? className) !== className) return false;
    labels.set(className, label);
    classes.set(label, className);
  }
  return labels.size > 0;
}

/** Whether photos lie beside the list, in no folder that could be their class. */
function hasPhotosBeside({ list, paths }: LabelledPaths): boolean {
  return [...paths.values()].some((path) => folderOf(path) === folderOf(list));
}
