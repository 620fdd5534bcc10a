/** Photos as a review has them: as though they had been moved already. */
import { createHash } from "node:crypto";
import { type Change, JOURNAL, REVIEW_FOLDER } from "../review/journal.ts";
import type { ReadFile } from "./choose_layout.ts";
import type { LeftOut } from "./left_out.ts";
import type { PlannedFile } from "./plan.ts";

/** A photo that is moved, or set aside where it goes nowhere. */
export interface Move {
  /** As it lies. */
  from: string;
  to?: string;
  change: Change;
}

export interface MendedPaths {
  /** Of files, as though what was decided had been done; folders that it empties end in `/`. */
  paths: string[];
  moves: Move[];
  /** Decisions whose photo is not there any more. */
  missing: LeftOut[];
  /** What was done, for people. */
  note: string;
}

/** Larger than any photo that is read. */
const MOST = 2 ** 30;

/**
 * @param paths that a data set is planned from
 * @param files what was planned from them, with the paths that they really have
 * @param originOf the real path of one of `paths`
 * @throws {Error} for a class that there is not
 */
export async function mendPaths(
  paths: readonly string[],
  files: readonly PlannedFile[],
  originOf: (path: string) => string,
  changes: readonly Change[],
  read: ReadFile,
): Promise<MendedPaths> {
  const planned = new Map(files.map((file) => [originOf(file.from), file]));
  const homes = homesOf(files);
  const taken = new Set(paths);
  const moves: Move[] = [];
  const missing: LeftOut[] = [];
  let [moved, added, aside, ofTest] = [0, 0, 0, 0];
  for (const change of changes) {
    const file = planned.get(change.photo);
    const isAdded = change.photo.startsWith(`${REVIEW_FOLDER}/`);
    // A part that this recipe leaves out holds photos, too.
    if (!file && !isAdded && taken.has(change.photo)) continue;
    if (change.class !== undefined && !homes.byClass.has(change.class)) {
      const classes = [...homes.byClass.keys()].join(", ");
      throw new Error(
        `${JOURNAL} has ${change.photo} in the class ${change.class}, which is none here: write one ` +
          `of ${classes}, or make a folder of that name with photos`,
      );
    }
    const trouble = await troubleWith(change, read);
    if (trouble) {
      missing.push({ path: change.photo, reason: trouble });
      continue;
    }
    if (isAdded) {
      if (change.class === undefined) continue;
      const home = homes.byClass.get(change.class)!;
      const to = freePath(home + change.photo.slice(change.photo.lastIndexOf("/") + 1), taken);
      taken.add(to);
      moves.push({ from: change.photo, to, change });
      added++;
      continue;
    }
    if (!file || file.className === change.class) continue;
    taken.delete(file.from);
    if (file.split === "test") ofTest++;
    if (change.class === undefined) {
      moves.push({ from: change.photo, change });
      aside++;
      continue;
    }
    const to = freePath(homes.beside(file, change.class) + file.file, taken);
    taken.add(to);
    moves.push({ from: change.photo, to, change });
    moved++;
  }
  const folders = new Set([...taken].flatMap(foldersOf));
  const emptied = files.map(folderOf).filter((folder) => !folders.has(folder));
  return {
    paths: [...taken, ...new Set(emptied)].sort(),
    moves,
    missing,
    note: describe({ moved, added, aside, ofTest }),
  };
}

/** What keeps a decision from being followed, as the end of a sentence. */
async function troubleWith({ photo, sha256 }: Change, read: ReadFile): Promise<string | undefined> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await read(photo, MOST);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return `was decided on in ${JOURNAL}, and is not there`;
  }
  if (sha256 === undefined || !bytes) return undefined;
  if (createHash("sha256").update(bytes).digest("hex") === sha256) return undefined;
  return `was decided on in ${JOURNAL}, and is another file now: look at it again`;
}

const folderOf = ({ from, file }: PlannedFile) => from.slice(0, from.length - file.length);

/** All folders that a path lies in, each ending in `/`. */
function foldersOf(path: string): string[] {
  return [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index + 1));
}

const parentOf = (folder: string) =>
  folder.slice(0, folder.lastIndexOf("/", folder.length - 2) + 1);

function homesOf(files: readonly PlannedFile[]) {
  const byClass = new Map<string, string>();
  const byPlace = new Map<string, string>();
  for (const file of files.toSorted((a, b) => +(a.split !== "train") - +(b.split !== "train"))) {
    const folder = folderOf(file);
    if (!byClass.has(file.className)) byClass.set(file.className, folder);
    byPlace.set(`${parentOf(folder)}\0${file.className}`, folder);
  }
  return {
    byClass,
    /** The folder of a class among those that the file's own lies among. */
    beside(file: PlannedFile, className: string): string {
      const parent = parentOf(folderOf(file));
      return byPlace.get(`${parent}\0${className}`) ?? `${parent}${className}/`;
    },
  };
}

/** The path, or `name (2).jpg` where it is taken. */
function freePath(path: string, taken: ReadonlySet<string>): string {
  const dot = path.lastIndexOf(".");
  const end = dot > path.lastIndexOf("/") ? dot : path.length;
  let free = path;
  for (let i = 2; taken.has(free); i++) free = `${path.slice(0, end)} (${i})${path.slice(end)}`;
  return free;
}

function describe(
  { moved, added, aside, ofTest }: Record<"moved" | "added" | "aside" | "ofTest", number>,
): string {
  const photos = (count: number) => count === 1 ? "1 photo" : `${count} photos`;
  const parts = [
    ...(moved > 0 ? [`${photos(moved)} in another class`] : []),
    ...(aside > 0 ? [`${photos(aside)} set aside`] : []),
    ...(added > 0 ? [`${photos(added)} added`] : []),
  ];
  const told = `${JOURNAL}: ${parts.join(", ") || "nothing to change"}`;
  return ofTest === 0
    ? told
    : `${told}; ${photos(ofTest)} of these ${
      ofTest === 1 ? "is" : "are"
    } to test by, and cleaning a test by what a model thinks of it flatters the model`;
}
