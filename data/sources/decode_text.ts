/**
 * The text of a file as editors and spreadsheets write it: UTF-8 with or without a byte order mark,
 * or UTF-16 where the mark says so, as PowerShell does.
 *
 * @throws {TypeError} for bytes that are no such text
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe
    ? "utf-16le"
    : first === 0xfe && second === 0xff
    ? "utf-16be"
    : "utf-8";
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}
