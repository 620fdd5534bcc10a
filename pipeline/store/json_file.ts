/** Files that are whole or not there at all. */
import { discard } from "./folder.ts";

/** Undefined when the file is missing or is no JSON. */
export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Replaces the file in one step: a reader sees the old content or the new; with `durable` also
 * after the machine lost its power.
 */
export function writeJson(path: string, value: unknown, { durable = true } = {}): void {
  const bytes = new TextEncoder().encode(JSON.stringify(value, null, 1) + "\n");
  writeFile(path, bytes, durable);
}

function writeFile(path: string, bytes: Uint8Array, durable: boolean): void {
  const draft = `${path}.${crypto.randomUUID()}.draft`;
  try {
    using file = Deno.openSync(draft, { write: true, createNew: true });
    for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
    if (durable) file.syncSync();
  } catch (error) {
    discard(draft);
    throw error;
  }
  Deno.renameSync(draft, path);
  if (durable) syncFolder(path.slice(0, path.lastIndexOf("/")));
}

/** For what only saves time: failing to keep it (a full disk, a store that is only read) is no harm. */
export function keepJson(path: string, value: unknown): void {
  try {
    writeJson(path, value, { durable: false });
  } catch { /* Then it is found out anew. */ }
}

/** As `keepJson`, for any content. */
export function keepFile(path: string, bytes: Uint8Array): void {
  try {
    writeFile(path, bytes, false);
  } catch { /* As above. */ }
}

/** Has the disk hold a folder's list of names; Windows cannot and need not. */
export function syncFolder(path: string): void {
  if (Deno.build.os === "windows") return;
  using folder = Deno.openSync(path);
  folder.syncSync();
}
