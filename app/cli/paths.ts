/** Paths that flags name, looked at before any work is done for them. */
import { basename, dirname, join, relative } from "node:path";
import { isAddress, parseAddress } from "../../pipeline/store/remote/address.ts";
import { UsageError } from "./errors.ts";

/** @throws {UsageError} where `path` is no file that can be read; it names the flag and what to do */
export async function checkFile(flag: string, path: string): Promise<void> {
  const found = await look(flag, path);
  if (!found) {
    throw new UsageError(`${flag} is "${path}", but there is no such file: check the path`);
  }
  if (found.isDirectory) {
    throw new UsageError(`${flag} is "${path}", which is a folder: name a file in it`);
  }
  if (!found.isFile) {
    throw new UsageError(
      `${flag} is "${path}", which is a pipe or a device: copy what it gives to a file first`,
    );
  }
  try {
    (await Deno.open(path)).close();
  } catch (error) {
    throw refused(flag, path, error);
  }
}

/** @throws {UsageError} where no file can be written as `path` */
export async function checkOutput(flag: string, path: string): Promise<void> {
  if ((await look(flag, path))?.isDirectory) {
    throw new UsageError(`${flag} is "${path}", which is a folder: name the file to write in it`);
  }
  const folder = dirname(path);
  if (!(await look(flag, folder))?.isDirectory) {
    throw new UsageError(`${flag} is "${path}", but ${folder} is no folder: make it first`);
  }
}

/** @throws {UsageError} where something else than a folder is at `path`; nothing may be */
export async function checkFolder(flag: string, path: string): Promise<void> {
  const found = await look(flag, path);
  if (found && !found.isDirectory) {
    throw new UsageError(`${flag} is "${path}", which is a file: name a folder`);
  }
}

/**
 * Steps are processes with permissions of their own, and Deno lets none touch what lies in /dev,
 * whatever it may do beside.
 *
 * @throws {UsageError} for a path there, links followed
 */
export function checkForSteps(flag: string, path: string): void {
  if (Deno.build.os === "windows" || !isWithin(realPlace(path), "/dev")) return;
  throw new UsageError(
    `${flag} is "${path}", which lies in /dev, where Deno lets no step read or write: name a folder ` +
      "elsewhere, such as one in /tmp, or mount a memory disk of your own (mount -t tmpfs)",
  );
}

/**
 * @returns the address, as it is
 * @throws {UsageError} where a store cannot be at it
 */
export function checkAddress(flag: string, address: string): string {
  try {
    parseAddress(address);
    return address;
  } catch (error) {
    throw new UsageError(`${flag}: ${(error as Error).message}`);
  }
}

/** A store's address as it may be shown: without passwords. */
export function shownAddress(text: string): string {
  if (!isAddress(text)) return text;
  try {
    return parseAddress(text).name;
  } catch {
    return text.replace(/:\/\/.*/s, "://…");
  }
}

/** Whether a path is a folder's, or lies in it; both may not be there yet. Links are followed. */
export function liesIn(path: string, folder: string): boolean {
  return isWithin(realPlace(path), realPlace(folder));
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || !/^(\.\.([/\\]|$)|[/\\]|[a-z]:)/i.test(way);
}

/** Where a path leads, also one of which only the beginning is there. */
function realPlace(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realPlace(above), basename(path));
  }
}

async function look(flag: string, path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw refused(flag, path, error);
  }
}

function refused(flag: string, path: string, error: unknown): UsageError {
  return new UsageError(
    `${flag} is "${path}", which cannot be read (${(error as Error).message}): ` +
      "check the path and its permissions",
  );
}
