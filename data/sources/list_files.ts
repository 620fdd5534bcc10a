/**
 * All files below a folder, with `/` and relative to it, and the empty folders, ending in `/`. Links
 * are followed; a link to a folder above itself is passed over.
 *
 * Permissions: read for the folder, and for what links in it lead to.
 *
 * @throws {Error} where there is no such folder, or one cannot be read; both by name
 */
export async function listFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  async function descend(folder: string, above: string[]) {
    const path = `${root}/${folder}`;
    const identity = await Deno.realPath(path);
    if (above.includes(identity)) return;
    const entries = await Array.fromAsync(Deno.readDir(path));
    if (entries.length === 0) found.push(folder);
    for (const entry of entries) {
      const child = folder + entry.name;
      const isFolder = entry.isSymlink
        ? await leadsToFolder(`${root}/${child}`)
        : entry.isDirectory;
      if (isFolder) await descend(`${child}/`, [...above, identity]);
      else found.push(child);
    }
  }
  try {
    await descend("", []);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      throw new Error(
        `${root} is no folder. Photos come from auto, hymenoptera, a folder, a .zip file, ` +
          `an http(s) address of one, or pypi:NAME`,
      );
    }
    throw error;
  }
  return found;
}

/** A link that leads nowhere counts as a file: copying it will say so. */
async function leadsToFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((stat) => stat.isDirectory, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}
