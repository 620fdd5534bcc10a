import { boundaryOf, FormError, onlyFile } from "./multipart.ts";

/** A body that is not taken, with the status that says why. */
export class BodyError extends Error {
  constructor(readonly status: 400 | 408 | 413, message: string) {
    super(message);
  }
}

export interface BodyLimits {
  /** Bytes that are read at most. */
  limit: number;
  /** Milliseconds that the sender has. */
  patience: number;
  /** Told of bytes before they are kept; what it throws ends the reading. */
  hold: (bytes: number) => void;
}

/**
 * A request's photo: the body itself, or a form's file.
 *
 * @throws {BodyError} where it is larger, slower, empty, or a form without one file
 */
export async function readPhoto(
  request: Request,
  limits: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const boundary = boundaryOf(request.headers.get("content-type") ?? "");
    const bytes = await readBytes(request, limits);
    const photo = boundary === undefined ? bytes : onlyFile(bytes, boundary);
    if (photo.length > 0) return photo;
  } catch (error) {
    throw error instanceof FormError ? new BodyError(400, error.message) : error;
  }
  throw new BodyError(400, "the request has no photo: send one as its body");
}

/**
 * All of a request's body.
 * @param what it is, in messages
 * @throws {BodyError} where it is larger or slower
 */
export async function readBytes(
  request: Request,
  { limit, patience, hold }: BodyLimits,
  what = "photo",
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new BodyError(413, `a ${what} may have ${limit} bytes at most`);
  if (Number(request.headers.get("content-length")) > limit) throw tooLarge();
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  const late = AbortSignal.timeout(patience);
  const giveUp = () => reader.cancel().catch(() => {});
  late.addEventListener("abort", giveUp);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (late.aborted) {
        throw new BodyError(408, `the ${what} took longer than ${patience / 1000} s`);
      }
      if (done) break;
      length += value.length;
      if (length > limit) throw tooLarge();
      hold(value.length);
      parts.push(value);
    }
  } catch (error) {
    giveUp();
    throw error;
  } finally {
    late.removeEventListener("abort", giveUp);
  }
  return await new Blob(parts).bytes();
}
