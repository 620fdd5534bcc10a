/** The journal on the disk: whole or not at all, for all who write it. */
import { nameUnwritten } from "../unwritable.ts";
import {
  emptyJournal,
  formatJournal,
  JOURNAL,
  type Journal,
  parseJournal,
  REVIEW_FOLDER,
} from "./journal.ts";

/**
 * The journal of a folder of photos; an empty one where there is none, or no
 * folder.
 *
 * Permissions: read for the folder.
 *
 * @throws {Error} as `parseJournal`
 */
export async function readJournal(folder: string): Promise<Journal> {
  const path = `${folder}/${JOURNAL}`;
  try {
    return parseJournal(await Deno.readTextFile(path), path);
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return emptyJournal();
    throw error;
  }
}

/**
 * Changes the journal of a folder, while others that do so wait. Who reads it meanwhile has the old
 * one or the new one.
 *
 * Permissions: read and write for the folder.
 *
 * @param change is also given what writes before it ends, for what must be known after a kill
 * @returns what is written now
 * @throws {Error} as `parseJournal`, and where it cannot be written; then nothing has changed
 */
export async function updateJournal(
  folder: string,
  change: (journal: Journal, save: (journal: Journal) => Promise<void>) =>
    | Journal
    | Promise<Journal>,
): Promise<Journal> {
  await Deno.mkdir(`${folder}/${REVIEW_FOLDER}`, { recursive: true });
  using lock = await Deno.open(`${folder}/${REVIEW_FOLDER}/.lock`, { create: true, write: true });
  await lock.lock(true);
  try {
    const save = async (journal: Journal) => {
      // What is written can be read again, or is not written.
      const text = formatJournal(journal);
      parseJournal(text, JOURNAL);
      await replaceText(`${folder}/${JOURNAL}`, text);
    };
    const changed = await change(await readJournal(folder), save);
    await save(changed);
    return changed;
  } finally {
    await lock.unlock();
  }
}

async function replaceText(path: string, text: string): Promise<void> {
  const draft = `${path}.${Deno.pid}.tmp`;
  try {
    {
      using file = await Deno.open(draft, { create: true, write: true, truncate: true });
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      await file.sync();
    }
    await Deno.rename(draft, path);
  } catch (error) {
    await Deno.remove(draft).catch(() => {});
    throw nameUnwritten(error, path);
  }
}
