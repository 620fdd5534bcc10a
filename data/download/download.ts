/** Files from the network: resumed, checked, and either there as a whole or not there. */
import { basename, dirname } from "node:path";
import { digestMatches, formatPin, type Pin, sha256OfFile } from "./digest.ts";
import { BrokenOffError, MOST_BYTES, UnavailableError, WrongContentError } from "./errors.ts";
import type { Progress } from "./progress.ts";
import { publicUrl } from "./public_url.ts";
import { InterruptedError, type Patience, transfer } from "./transfer.ts";

export interface DownloadOptions {
  /** The SHA-256 that the file must have. */
  sha256?: Pin;
  /** The exact size. */
  bytes?: number;
  /** The most bytes that are taken; default {@linkcode MOST_BYTES}. */
  most?: number;
  progress?: Progress;
  signal?: AbortSignal;
  /** Default: 5 s for an answer, 30 s of silence in between. */
  patience?: Patience;
}

/** A file on disk with the SHA-256 of what it holds. */
export interface LocalFile {
  path: string;
  sha256: string;
}

/** A broken connection is taken up again this often before the person is asked. */
const RESUMPTIONS = 3;

/**
 * Downloads `url` to `path`. What came is kept in `path.part` when the connection breaks or the
 * process ends, and the next call goes on from there. The file appears under its name only when it
 * is whole and has the pinned hash; a file already there with the pinned hash is not fetched again.
 * Two processes that want the same file share one download (`path.lock`).
 *
 * Permissions: net for the host (and those it redirects to), read and write in the folder.
 *
 * @throws {UnavailableError} where the server does not answer: network, timeout, HTTP status
 * @throws {WrongContentError} where size or hash are not those pinned, or the file is larger than
 *   `most`; nothing is kept then
 *
 * @example
 * ```ts
 * await download("https://example.org/a.zip", "/tmp/a.zip", { progress: console.log });
 * ```
 */
export async function download(
  url: string,
  path: string,
  options: DownloadOptions = {},
): Promise<LocalFile> {
  const { sha256: pin, bytes, most = MOST_BYTES, progress, signal } = options;
  const { patience = { answer: 5e3, stall: 30e3 } } = options;
  await Deno.mkdir(dirname(path), { recursive: true });
  using lock = await Deno.open(`${path}.lock`, { write: true, create: true });
  await lock.lock(true);
  if (pin && await exists(path)) {
    const sha256 = await sha256OfFile(path, signal);
    if (digestMatches(pin, sha256)) return { path, sha256 };
  }

  const part = `${path}.part`;
  for (let attempt = 0;; attempt++) {
    const offset = await resumableBytes(part, pin, bytes);
    try {
      if (offset === 0 || offset !== bytes) {
        await transfer(
          url,
          {
            path: part,
            offset,
            tag: await readTag(part),
            onRestart: (tag) => writeTag(part, tag),
          },
          patience,
          {
            bytes,
            most,
            signal,
            progress: (done, total) =>
              progress?.({ label: basename(path), unit: "bytes", done, total }),
          },
        );
      }
    } catch (error) {
      if (error instanceof WrongContentError) await remove(part);
      const interrupted = error instanceof InterruptedError;
      // Once it has answered, a server that is gone is no reason to look for another source.
      if (!interrupted && !(error instanceof UnavailableError && attempt > 0)) throw error;
      if (interrupted && attempt < RESUMPTIONS) continue;
      throw new BrokenOffError(
        `${error.message}, also when asked again. Run it again to go on: ${part} keeps what came`,
      );
    }
    const sha256 = await sha256OfFile(part, signal);
    if (!pin || digestMatches(pin, sha256)) {
      await Deno.rename(part, path);
      await remove(part);
      return { path, sha256 };
    }
    await remove(part);
    // The beginning may stem from another file of that name; what came in one piece does not.
    if (offset > 0) continue;
    throw new WrongContentError(
      `${publicUrl(url)} has SHA-256 ${sha256}, expected ${
        formatPin(pin)
      }: the file was replaced or damaged ` +
        `on its way. It was not kept`,
    );
  }
}

/** How much of the partial file can be built upon. */
async function resumableBytes(part: string, pin?: Pin, bytes = Infinity): Promise<number> {
  const size = (await Deno.stat(part).catch(ignoreNotFound))?.size ?? 0;
  // Without a hash only the entity tag can tell that the rest belongs to the beginning.
  return size <= bytes && (pin || await readTag(part)) ? size : 0;
}

async function readTag(part: string): Promise<string | undefined> {
  return await Deno.readTextFile(`${part}.tag`).catch(ignoreNotFound);
}

async function writeTag(part: string, tag: string | undefined): Promise<void> {
  if (tag) await Deno.writeTextFile(`${part}.tag`, tag);
  else await Deno.remove(`${part}.tag`).catch(ignoreNotFound);
}

async function remove(part: string): Promise<void> {
  await Deno.remove(part).catch(ignoreNotFound);
  await writeTag(part, undefined);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).catch(ignoreNotFound) !== undefined;
}

function ignoreNotFound(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
