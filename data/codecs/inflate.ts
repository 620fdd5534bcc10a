import { constants, inflateSync } from "node:zlib";
import { Unzlib } from "fflate";
import { ImageError } from "../image.ts";

/** Deflate makes no more than this of a byte. */
const MAX_EXPANSION = 1032;
/** A row or two too many cost nothing. */
const SURPLUS = 2 ** 16;
/** With no byte left, zlib would take another piece as large; it takes no piece below 64. */
const ROOM = 64;
/** Compressed bytes that are read between two looks at how far the pixels have come. */
const STEP = 2 ** 12;

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
  try {
    const inflated = inflateSync(compressed, {
      // Without Z_SYNC_FLUSH a stream that is cut off would be an error without a word of how far.
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: most + SURPLUS,
      chunkSize: most + ROOM, // one piece, so that pieces need not be joined
    });
    const kept = Math.min(most, inflated.length);
    return new Uint8Array(inflated.buffer, inflated.byteOffset, kept);
  } catch (cause) {
    if ((cause as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") {
      return inflateInSteps(compressed, most);
    }
    throw new ImageError("corrupt", `${what}: ${(cause as Error).message}`, { cause });
  }
}

/** For the few streams that go on far after the bytes that are needed: slower, but it can stop. */
function inflateInSteps(compressed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let to = 0;
  const stream = new Unzlib((part) => {
    out.set(part.subarray(0, length - to), to);
    to = Math.min(length, to + part.length);
  });
  for (let at = 0; at < compressed.length && to < length; at += STEP) {
    stream.push(compressed.subarray(at, at + STEP));
  }
  return out.subarray(0, to);
}
