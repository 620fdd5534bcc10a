/** `node:zlib`, as much of it as decoders and PNG files use. */
import { unzlibSync, zlibSync } from "fflate";

export { zlibSync as deflateSync };

export const constants = { Z_SYNC_FLUSH: 2 };

/** Inflates to at most `maxOutputLength` bytes; a stream that is cut off is an error here. */
export function inflateSync(
  data: Uint8Array,
  { maxOutputLength }: { maxOutputLength: number },
): Uint8Array {
  return unzlibSync(data, { out: new Uint8Array(maxOutputLength) });
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? byte >>> 1 ^ 0xedb88320 : byte >>> 1;
  return byte;
});

/** CRC-32 of bytes, or of a string in UTF-8, going on from `value`. */
export function crc32(data: Uint8Array | string, value = 0): number {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  let crc = ~value;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff] ^ crc >>> 8;
  return ~crc >>> 0;
}
