/** One HTTP request that brings a file, or the rest of it. */
import { Deadline } from "./deadline.ts";
import { nameUnwritten } from "../unwritable.ts";
import { tooLarge, UnavailableError, WrongContentError } from "./errors.ts";
import { publicUrl, withPublicUrls } from "./public_url.ts";

/** How long to wait for a server, in milliseconds. */
export interface Patience {
  /** Until the first byte of the body: name lookup, connection and headers. */
  answer: number;
  /** Between two pieces of the body. */
  stall: number;
}

/** A partial file on disk. */
export interface Part {
  path: string;
  /** How much of it is there. */
  offset: number;
  /** The entity tag it was sent with: the server sends all where the file has changed since. */
  tag?: string;
  /** Called when the partial file starts over, with the entity tag of what comes. */
  onRestart(tag: string | undefined): Promise<void>;
}

/** The connection broke while the body came; what came is in the partial file. */
export class InterruptedError extends Error {
  override name = "InterruptedError";
}

/**
 * Appends the rest of `url` to `part`, or all of it where the server cannot continue
 * (RFC 9110: Range, If-Range).
 *
 * @throws {UnavailableError} where no byte of the file comes
 * @throws {InterruptedError} where some came: try again
 * @param options `most`: of bytes, beyond which nothing more is taken, whatever the server said
 * @throws {WrongContentError} where the size is not `bytes`, or more than `most`
 */
export async function transfer(url: string, part: Part, patience: Patience, options: {
  bytes?: number;
  most?: number;
  progress?: (done: number, total?: number) => void;
  signal?: AbortSignal;
}): Promise<void> {
  const { bytes, most = Infinity, progress, signal } = options;
  using deadline = new Deadline(patience.answer);
  let started = false;
  try {
    const response = await fetch(url, {
      headers: requestHeaders(part),
      signal: AbortSignal.any(signal ? [deadline.signal, signal] : [deadline.signal]),
    });
    const start = bodyStart(response, part.offset);
    if (start === undefined) {
      await response.body?.cancel();
      if (response.status !== 416) throw statusError(url, response);
      // Nothing lies beyond the end of what we have: it is all of the file, or of another one.
      if (totalInRange(response) === part.offset) return;
      await Deno.truncate(part.path);
      throw new InterruptedError("the partial file is longer than the file");
    }
    const total = totalInRange(response) ?? totalByLength(response, start);
    if (bytes !== undefined && total !== undefined && total !== bytes) {
      await response.body?.cancel();
      throw sizeError(url, total, bytes);
    }
    if (total !== undefined && total > most) {
      await response.body?.cancel();
      throw tooLarge(publicUrl(url), most, total);
    }
    using file = await Deno.open(part.path, { write: true, create: true });
    await file.truncate(start);
    await file.seek(start, Deno.SeekMode.Start);
    if (start === 0) await part.onRestart(strongTag(response));
    let done = start;
    for await (const chunk of response.body ?? []) {
      deadline.restart(patience.stall);
      started = true;
      done += chunk.length;
      if (bytes !== undefined && done > bytes) throw sizeError(url, done, bytes);
      if (done > most) throw tooLarge(publicUrl(url), most);
      for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
      progress?.(done, total);
    }
    await file.sync();
    if (total !== undefined && done < total) {
      throw new InterruptedError(`${publicUrl(url)} ended after ${done} of ${total} bytes`);
    }
  } catch (error) {
    signal?.throwIfAborted();
    const failure = deadline.signal.aborted
      ? `did not answer within ${(started ? patience.stall : patience.answer) / 1000} s`
      : error instanceof TypeError && !("code" in error) // codes are those of the file system
      ? `cannot be reached (${reason(error)})`
      : undefined;
    if (!failure) throw nameUnwritten(error, part.path);
    const message = `${publicUrl(url)} ${failure}`;
    if (started) throw new InterruptedError(message);
    throw new UnavailableError(`${message}. Check the network and its proxy`, { transient: true });
  }
}

function requestHeaders({ offset, tag }: Part): Headers {
  // A range counts bytes of the encoded body, so no encoding is asked for.
  const headers = new Headers({ "accept-encoding": "identity" });
  if (offset > 0) headers.set("range", `bytes=${offset}-`);
  if (offset > 0 && tag) headers.set("if-range", tag);
  return headers;
}

/** Where the body begins in the file; undefined where it is not what was asked for. */
function bodyStart(response: Response, offset: number): number | undefined {
  if (response.status === 200) return 0;
  if (response.status !== 206) return undefined;
  const start = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1];
  return Number(start) === offset ? offset : undefined;
}

function totalInRange(response: Response): number | undefined {
  const total = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
  return total === undefined ? undefined : Number(total);
}

function totalByLength(response: Response, start: number): number | undefined {
  const length = response.headers.get("content-length");
  return length === null ? undefined : start + Number(length);
}

function strongTag(response: Response): string | undefined {
  const tag = response.headers.get("etag");
  return tag && !tag.startsWith("W/") ? tag : undefined;
}

/** A server that took too long to be asked, or is asked too often. */
const BUSY = [408, 429];

function statusError(url: string, response: Response): Error {
  const status = `${response.status} ${response.statusText}`.trim();
  return new UnavailableError(`${publicUrl(url)} answers HTTP ${status}. Check the address`, {
    transient: response.status >= 500 || BUSY.includes(response.status),
  });
}

function sizeError(url: string, actual: number, expected: number): Error {
  return new WrongContentError(
    `${publicUrl(url)} has ${actual} bytes, not the ${expected} expected: ` +
      `the file was replaced, or a proxy answers in its place`,
  );
}

/** The innermost cause: "dns error: …" rather than "fetch failed". */
function reason(error: Error): string {
  const message = error.cause instanceof Error ? error.cause.message : error.message;
  const said = message.replace(/^error sending request for url \([^)]*\): /, "")
    .replace(/^client error \([^)]*\): /, "");
  return withPublicUrls(said); // a server may have sent us on to an address with secrets of its own
}
