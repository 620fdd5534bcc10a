/** Where an installed graft keeps what belongs to a project of the user's. */
import { dirname, join } from "node:path";

const NAME = ".graft";

/**
 * The nearest store at or above a folder, as git finds its own; where there is none, one to be made in
 * the folder. What lies in the user's home, or above it, is no project's.
 *
 * @param folder where the user stands
 * @returns an absolute path
 */
export function projectStore(folder: string, home?: string): string {
  for (let at = folder; at !== home && at !== dirname(at); at = dirname(at)) {
    if (isFolder(join(at, NAME))) return join(at, NAME);
  }
  return join(folder, NAME);
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false; // it is not there, or may not be looked at
  }
}
