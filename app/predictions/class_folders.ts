/** Photos whose class is told by the folder that they lie in. */
import { resolve, sep } from "node:path";

/** A photo of a class folder. */
export interface LabelledPhoto {
  /** Of the file. */
  path: string;
  /** The folder's name, in Unicode's composed form: Macs write the other, and both look the same. */
  className: string;
}

/**
 * The class of a photo by the first folder below one of `folders`; undefined where that is none of
 * `classes`, or the photo lies in no such folder.
 *
 * @param path absolute, as `folders` are
 */
export function classByFolder(
  path: string,
  folders: readonly string[],
  classes: readonly string[],
): string | undefined {
  for (const folder of folders) {
    const above = folder.endsWith(sep) ? folder : folder + sep;
    if (!path.startsWith(above)) continue;
    const [name, ...rest] = path.slice(above.length).split(sep);
    const className = name.normalize("NFC");
    if (rest.length > 0 && classes.includes(className)) return className;
  }
}

/** Of operands, the folders, as absolute paths. */
export async function foldersAmong(operands: readonly string[], from: string): Promise<string[]> {
  const paths = operands.map((operand) => resolve(from, operand));
  const found = await Promise.all(paths.map(async (path) => {
    const kind = await Deno.stat(path).catch(() => undefined);
    return kind?.isDirectory ? [path] : [];
  }));
  return found.flat();
}

/** What lies in a folder of class folders. */
export interface ClassFolders {
  photos: LabelledPhoto[];
  /** Photos right in the folder, of no class. */
  unsorted: string[];
}

/** @param paths of photos, with `/` and relative to `folder` */
export function sortByFolder(folder: string, paths: readonly string[]): ClassFolders {
  const photos: LabelledPhoto[] = [], unsorted: string[] = [];
  for (const path of paths) {
    const [name, ...rest] = path.split("/");
    if (rest.length === 0) unsorted.push(path);
    else photos.push({ path: `${folder}/${path}`, className: name.normalize("NFC") });
  }
  return { photos, unsorted };
}
