/** Paths that flags name, looked at before any work is done for them. */
import { dirname } from "node:path";
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
