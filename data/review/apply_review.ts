/** Files moved as a review decided, in a way that can be undone. */
import { dirname, join } from "node:path";
import { sha256OfFile } from "../download/digest.ts";
import { moveNew } from "../move_new.ts";
import { chooseLayout, mendLayout } from "../sources/choose_layout.ts";
import { VAL_FRACTION } from "../sources/split.ts";
import { listFiles, readFileIn } from "../sources/list_files.ts";
import { type Applied, changesOf, JOURNAL, type Journal, REVIEW_FOLDER } from "./journal.ts";
import { updateJournal } from "./journal_file.ts";

/** What became of files. */
export interface Moved {
  moved: { from: string; to: string }[];
  /** Those that stay as they are, and why. */
  kept: { path: string; reason: string }[];
}

const SET_ASIDE = `${REVIEW_FOLDER}/set aside`;
/** How photos are divided moves none of them. */
const DIVISION = { seed: 0, valFraction: VAL_FRACTION, parts: 3 } as const;

/**
 * Moves photos to the folders of their classes, and those that were set aside to
 * `graft-review/set aside`. Nothing is overwritten or deleted; what is moved stands in the journal
 * before it is, so that a kill loses nothing.
 *
 * Permissions: read and write for the folder.
 *
 * @throws {Error} where a list says the classes, or the journal or the folder cannot be read
 */
export async function applyReview(folder: string, now = new Date()): Promise<Moved> {
  const result: Moved = { moved: [], kept: [] };
  await updateJournal(folder, async (found, save) => {
    const journal = await settle(folder, found);
    const { paths } = await listFiles(folder);
    const read = readFileIn(folder);
    const chosen = await chooseLayout(paths, folder, DIVISION, read);
    if ("labelled" in chosen) {
      throw new Error(
        `the classes of ${folder} are those that ${chosen.labelled.list} says, so no file is moved: ` +
          `the pipeline reads ${JOURNAL} as it is; to be rid of that, correct the list by hand`,
      );
    }
    const review = changesOf(journal);
    const mended = await mendLayout(chosen, paths, folder, { ...DIVISION, review }, read);
    result.kept.push(...mended?.missing ?? []);
    const entries: Applied[] = [];
    for (const { from, to, change } of mended?.moves ?? []) {
      if ((await Deno.lstat(join(folder, from))).isSymlink) {
        result.kept.push({ path: from, reason: "is a link: move what it points to" });
        continue;
      }
      entries.push({
        from,
        to: to ?? await freeName(folder, `${SET_ASIDE}/${from}`),
        sha256: await sha256OfFile(join(folder, from)),
        ...(change.class !== undefined && { class: change.class }),
        at: now.toISOString(),
      });
    }
    await save({ ...journal, applied: [...journal.applied, ...entries] });
    for (const { from, to } of entries) {
      const reason = await move(folder, from, to);
      if (reason) result.kept.push({ path: from, reason });
      else result.moved.push({ from, to });
    }
    const done = new Set(result.moved.map(({ from }) => from));
    return {
      ...withoutDecisions(journal, done),
      applied: [...journal.applied, ...entries.filter(({ from }) => done.has(from))],
    };
  });
  return result;
}

/**
 * Takes back all that `applyReview` moved; what was decided is decided still. A file that was changed
 * since, or whose place another took, stays where it is.
 *
 * @throws {Error} where the journal cannot be read
 */
export async function undoReview(folder: string): Promise<Moved> {
  const result: Moved = { moved: [], kept: [] };
  await updateJournal(folder, async (found) => {
    const journal = await settle(folder, found);
    const left: Applied[] = [];
    const decisions = [...journal.decisions];
    for (const entry of journal.applied.toReversed()) {
      const { from, to, sha256, at } = entry;
      const reason = await changedSince(folder, entry) ?? await move(folder, to, from);
      if (reason) {
        left.unshift(entry);
        result.kept.push({ path: to, reason });
        continue;
      }
      result.moved.push({ from: to, to: from });
      const photos = [{ path: from, sha256 }];
      decisions.push(
        entry.class === undefined
          ? { decision: "set aside", photos, at }
          : { decision: "move", class: entry.class, photos, at },
      );
    }
    return { ...journal, decisions, applied: left };
  });
  return result;
}

/** After a kill, some of what was to be moved was, and some was not. */
async function settle(folder: string, journal: Journal): Promise<Journal> {
  const done = new Set<string>();
  const applied: Applied[] = [];
  for (const entry of journal.applied) {
    const [from, to] = [await infoOf(folder, entry.from), await infoOf(folder, entry.to)];
    if (from && !to) continue;
    const isDoubled = from && to && from.ino !== null && from.ino === to.ino && from.dev === to.dev;
    if (isDoubled) await Deno.remove(join(folder, entry.from));
    if (isDoubled || !from) done.add(entry.from);
    applied.push(entry);
  }
  return { ...withoutDecisions(journal, done), applied };
}

function withoutDecisions(journal: Journal, paths: ReadonlySet<string>): Journal {
  const decisions = journal.decisions.map((decision) => ({
    ...decision,
    photos: decision.photos.filter(({ path }) => !paths.has(path)),
  })).filter(({ photos }) => photos.length > 0);
  return { ...journal, decisions };
}

/** @returns why it was not moved */
async function move(folder: string, from: string, to: string): Promise<string | undefined> {
  const [source, target] = [join(folder, from), join(folder, to)];
  try {
    await Deno.mkdir(dirname(target), { recursive: true });
    await moveNew(source, target);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return `stays: there is another ${to}`;
    return `could not be moved (${(error as Error).message})`;
  }
}

/** @returns why it cannot be taken back */
async function changedSince(folder: string, { to, sha256 }: Applied): Promise<string | undefined> {
  const info = await infoOf(folder, to);
  if (!info?.isFile) return "is not there any more";
  if (await sha256OfFile(join(folder, to)) !== sha256) return "was changed since: it stays";
}

const infoOf = (folder: string, path: string) =>
  Deno.lstat(join(folder, path)).catch(() => undefined);

async function freeName(folder: string, path: string): Promise<string> {
  for (let i = 1;; i++) {
    const name = i === 1 ? path : path.replace(/(\.[^./]*)?$/, ` (${i})$1`);
    if (!await infoOf(folder, name)) return name;
  }
}
