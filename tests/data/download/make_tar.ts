/** Tar archives for tests, also such as no honest tool would write (POSIX.1-1988 ustar). */

export interface TarPart {
  name: string;
  content?: string | Uint8Array;
  /** "0" for a file, "1" and "2" for links, "5" for a folder, "3" and "6" for a device and a pipe. */
  type?: string;
  linkname?: string;
  /** Told instead of the true one. */
  claims?: number;
}

export function makeTar(parts: readonly TarPart[]): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array[] = [];
  for (const { name, content = "", type = "0", linkname = "", claims } of parts) {
    const data = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const header = new Uint8Array(512);
    const put = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
    const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
    put(0, name);
    put(100, `${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`);
    put(124, `${octal(claims ?? data.length, 11)}\0${octal(0, 11)}\0`);
    put(148, "        ");
    put(156, type);
    put(157, linkname);
    put(257, "ustar\x0000");
    put(148, `${octal(header.reduce((sum, byte) => sum + byte, 0), 6)}\0 `);
    const padded = new Uint8Array(Math.ceil(data.length / 512) * 512);
    padded.set(data);
    blocks.push(header, padded);
  }
  blocks.push(new Uint8Array(1024));
  const whole = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) whole.set(block, at), at += block.length;
  return whole;
}
