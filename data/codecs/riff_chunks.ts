import { ImageError } from "../image.ts";

/**
 * The chunks of a RIFF file, here WebP.
 * @throws {ImageError} when the file is shorter than it says.
 */
export function* riffChunks(bytes: Uint8Array): Generator<{ type: string; data: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || bytes.length < 8 + view.getUint32(4, true)) {
    throw new ImageError("truncated", "WebP file is shorter than it says");
  }
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    yield { type, data: bytes.subarray(at + 8, at + 8 + length) };
    at += 8 + length + length % 2;
  }
}
