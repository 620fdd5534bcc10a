/** A folder of files that were downloaded before, by name. */
import { join } from "node:path";
import { digestMatches, formatPin, type Pin, sha256OfFile } from "./digest.ts";
import type { LocalFile } from "./download.ts";
import { WrongContentError } from "./errors.ts";

/**
 * Looks `name` up in a mirror folder. The file is used where it lies.
 *
 * Permissions: read for the folder.
 *
 * @returns undefined where the folder has no such file
 * @throws {WrongContentError} where it has one with another hash than the pinned one
 * @throws {Error} where there is no such folder
 */
export async function findInMirror(
  folder: string,
  name: string,
  pin?: Pin,
  signal?: AbortSignal,
): Promise<LocalFile | undefined> {
  const path = join(folder, name);
  let sha256: string;
  try {
    sha256 = await sha256OfFile(path, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await assertFolder(folder);
    return undefined;
  }
  if (pin && !digestMatches(pin, sha256)) {
    throw new WrongContentError(
      `${path} has SHA-256 ${sha256}, expected ${formatPin(pin)}. ` +
        `Remove it from the mirror folder or replace it with the right file`,
    );
  }
  return { path, sha256 };
}

/** The names in a mirror folder. */
export async function listMirror(folder: string): Promise<string[]> {
  await assertFolder(folder);
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

async function assertFolder(folder: string): Promise<void> {
  const isDirectory = await Deno.stat(folder).then((s) => s.isDirectory, () => false);
  if (isDirectory) return;
  throw new Error(`The mirror folder ${folder} is not a folder. Correct or unset GRAFT_MIRROR`);
}
