import { ImageError } from "../image.ts";

/** A named piece of a RIFF file. */
export interface RiffChunk {
  type: string;
  data: Uint8Array;
}

/**
 * The chunks of a RIFF file, here WebP.
 * @throws {ImageError} when the file is shorter than it says.
 */
export function riffChunks(bytes: Uint8Array): Generator<RiffChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || bytes.length < 8 + view.getUint32(4, true)) {
    throw new ImageError("truncated", "WebP file is shorter than it says");
  }
  return chunksOf(bytes.subarray(12));
}

/** Chunks one after another, as within a chunk that holds others. */
export function* chunksOf(bytes: Uint8Array): Generator<RiffChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    yield { type, data: bytes.subarray(at + 8, at + 8 + length) };
    at += 8 + length + length % 2;
  }
}

/** A RIFF file of one chunk. */
export function riffFile(kind: string, type: string, data: Uint8Array): Uint8Array {
  const file = new Uint8Array(20 + data.length + data.length % 2);
  const view = new DataView(file.buffer);
  const names: [number, string][] = [[0, "RIFF"], [8, kind], [12, type]];
  for (const [at, name] of names) file.set(new TextEncoder().encode(name), at);
  view.setUint32(4, file.length - 8, true);
  view.setUint32(16, data.length, true);
  file.set(data, 20);
  return file;
}
