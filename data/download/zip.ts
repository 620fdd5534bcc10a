/** Unpacking archives that nobody vouches for. */
import { dirname, join } from "node:path";
import { nameUnwritten } from "../unwritable.ts";
import { ZipError } from "./errors.ts";
import type { Progress } from "./progress.ts";
import type { ZipArchive, ZipEntry } from "./zip_archive.ts";
import { windowsObjection } from "../windows_name.ts";

/** What an archive may hold. Sizes are in bytes. */
export interface ZipLimits {
  entries: number;
  entryBytes: number;
  totalBytes: number;
  /** How many times smaller than its content an entry of over 1 MiB may be; deflate reaches 1032. */
  ratio: number;
}

/** Generous to collections of photos, which hardly compress; far below what fills a disk. */
export const photoLimits: ZipLimits = {
  entries: 2_000_000,
  entryBytes: 1 << 30,
  totalBytes: 64 * 2 ** 30,
  ratio: 200,
};

export interface ExtractOptions {
  limits?: ZipLimits;
  progress?: Progress;
  signal?: AbortSignal;
}

/**
 * Checks every entry of an archive before anything is unpacked: paths that leave the folder, links,
 * passwords, two entries of one name, and the declared sizes.
 *
 * @returns the names of its files, in their order in the archive
 * @throws {ZipError} which names the archive, the entry and the reason
 */
export function checkZip(archive: ZipArchive, limits: ZipLimits = photoLimits): string[] {
  const files: string[] = [];
  const seen = new Set<string>();
  let count = 0, total = 0;
  for (const entry of archive.entries) {
    const reason = objection(entry, seen, limits);
    if (reason) {
      throw new ZipError(
        `${archive.path}: refused, as its entry ${quoteName(entry.name)} ${reason}`,
      );
    }
    if (++count > limits.entries) {
      throw new ZipError(`${archive.path}: refused, as it has more than ${limits.entries} entries`);
    }
    total += entry.bytes;
    if (total > limits.totalBytes) {
      throw new ZipError(
        `${archive.path}: refused, as its content exceeds ${limits.totalBytes} bytes`,
      );
    }
    if (!entry.directory) files.push(entry.name);
  }
  return files;
}

/**
 * Unpacks the files that `targets` names (entry name to path below `folder`) one after the other at
 * constant memory; missing folders are made. Nothing is ever overwritten.
 *
 * Permissions: read and write for `folder`.
 *
 * @throws {ZipError} as {@linkcode checkZip}, or where an entry is damaged. What was unpacked by
 *   then stays: the caller discards the folder
 *
 * @example
 * ```ts
 * using archive = await ZipArchive.open("photos.zip");
 * const files = checkZip(archive);
 * await extractZip(archive, new Map(files.map((name) => [name, name])), "photos");
 * ```
 */
export async function extractZip(
  archive: ZipArchive,
  targets: ReadonlyMap<string, string>,
  folder: string,
  { limits, progress, signal }: ExtractOptions = {},
): Promise<void> {
  checkZip(archive, limits);
  let done = 0;
  const made = new Set<string>();
  for (const entry of archive.entries) {
    const target = targets.get(entry.name);
    if (target === undefined || entry.directory) continue;
    const reason = pathObjection(target);
    if (reason) throw new ZipError(`${archive.path}: the target ${target} ${reason}`);
    signal?.throwIfAborted();
    const path = join(folder, target);
    if (!made.has(dirname(path))) await Deno.mkdir(dirname(path), { recursive: true });
    made.add(dirname(path));
    try {
      const file = await Deno.open(path, { write: true, createNew: true });
      await archive.stream(entry, file.writable, signal);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) {
        throw new ZipError(
          `${archive.path}: ${entry.name} would overwrite ${path}, ` +
            `which may differ from it in upper and lower case only`,
        );
      }
      throw nameUnwritten(error, path);
    }
    progress?.({ label: "unpacking", unit: "files", done: ++done, total: targets.size });
  }
}

function objection(entry: ZipEntry, seen: Set<string>, limits: ZipLimits): string | undefined {
  const path = entry.name.replace(/\/$/, "");
  if (seen.has(path)) return "is there twice";
  seen.add(path);
  if (entry.symlink) return "is a link";
  if (entry.encrypted) return "is encrypted: pack it again without a password";
  if (entry.bytes > limits.entryBytes) {
    return `has ${entry.bytes} bytes, more than the ${limits.entryBytes} allowed`;
  }
  if (entry.bytes > 2 ** 20 && entry.bytes > limits.ratio * entry.compressedBytes) {
    return `is compressed more than ${limits.ratio} times, as archives are that fill a disk`;
  }
  return pathObjection(path);
}

/** What speaks against unpacking to a path, on a system; undefined where nothing does. */
export function pathObjection(path: string, os = Deno.build.os): string | undefined {
  if (path.startsWith("/") || /^[a-z]:/i.test(path)) return "is an absolute path";
  if (path.includes("\\")) return "has a backslash in its path";
  // deno-lint-ignore no-control-regex -- these are what is looked for
  if (/[\x00-\x1f\x7f]/.test(path)) return "has a control character in its path";
  if (path.split("/").includes("..")) return "leaves the folder it is unpacked into";
  if (path.split("/").some((part) => part === "" || part === ".")) return "has an empty path part";
  if (os !== "windows") return undefined;
  for (const part of path.split("/")) {
    const wrong = windowsObjection(part);
    if (wrong) return `${wrong}: ${quoteName(part)}`;
  }
}

/** An archive's name for a file, for messages. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);
}
