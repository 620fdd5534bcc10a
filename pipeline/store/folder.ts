/** Files and folders that may not be there. */

/** Null for what does not exist. */
export function statOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
      error instanceof Deno.errors.FilesystemLoop
    ) return null;
    throw error;
  }
}

/** Names in a folder; none when it does not exist. */
export function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Removes a file, or a folder with all in it; another process may have been faster. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** What came to nothing: that it cannot be removed must not hide why. */
export function discard(path: string): void {
  try {
    removeIfThere(path);
  } catch { /* `gc` will. */ }
}
