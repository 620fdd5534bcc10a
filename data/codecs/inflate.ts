import { constants, inflateSync } from "node:zlib";
import { ImageError } from "../image.ts";

/** Deflate makes no more than this of a byte. */
const MAX_EXPANSION = 1032;
/** A row or two too many cost nothing. */
const SURPLUS = 2 ** 16;
/** With no byte left, zlib would take another piece as large; it takes no piece below 64. */
const ROOM = 64;

/**
 * Inflates a zlib stream to at most `length` bytes: fewer where it ends before, and no more where it
 * goes on, as in Pillow: some programs write a row, or padding, too many.
 * @param what is inflated, for the message
 * @throws {ImageError} where the stream is damaged
 */
export function inflateAtMost(compressed: Uint8Array, length: number, what: string): Uint8Array {
  // Memory is taken for what the stream can become, not for what a header claims.
  const most = Math.min(length, compressed.length * MAX_EXPANSION);
  if (most === 0) return new Uint8Array(0);
  const inflated = inflate(compressed, most, what) ?? inflateBeginning(compressed, most, what);
  return inflated.subarray(0, most);
}

/** Undefined where more than `SURPLUS` bytes follow the `length` that are needed. */
function inflate(compressed: Uint8Array, length: number, what: string): Uint8Array | undefined {
  try {
    const inflated = inflateSync(compressed, {
      // Without Z_SYNC_FLUSH a stream that is cut off would be an error without a word of how far.
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: length + SURPLUS,
      chunkSize: length + ROOM, // one piece, so that pieces need not be joined
    });
    return new Uint8Array(inflated.buffer, inflated.byteOffset, inflated.length);
  } catch (cause) {
    if ((cause as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw new ImageError("corrupt", `${what}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * For the few streams that go on far: looks for a beginning that gives enough and not too much. There
 * is one, as a byte more of it gives less than `SURPLUS` bytes more.
 */
function inflateBeginning(compressed: Uint8Array, length: number, what: string): Uint8Array {
  let [few, many] = [0, compressed.length];
  while (many - few > 1) {
    const middle = (few + many) >> 1;
    const inflated = inflate(compressed.subarray(0, middle), length, what);
    if (inflated && inflated.length >= length) return inflated;
    if (inflated) few = middle;
    else many = middle;
  }
  throw new ImageError("corrupt", `${what}: they do not end where they should`);
}
