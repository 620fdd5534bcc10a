/** Zip archives for tests, also such as no honest tool would write (APPNOTE 6.3, sections 4.3 to 4.5). */
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipPart {
  name: string;
  content?: string | Uint8Array;
  deflate?: boolean;
  /** Unix mode, such as 0o120777 for a link. */
  mode?: number;
  encrypted?: boolean;
  /** Sizes and CRC-32 follow the content, as streaming writers do it. */
  descriptor?: boolean;
  /** Told instead of the true ones. */
  claims?: { bytes?: number; crc?: number };
}

export function makeZip(parts: ZipPart[]): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  const add = (chunk: Uint8Array) => (chunks.push(chunk), offset += chunk.length);
  for (const part of parts) {
    const name = new TextEncoder().encode(part.name);
    const content = typeof part.content === "string"
      ? new TextEncoder().encode(part.content)
      : part.content ?? new Uint8Array();
    const data = part.deflate ? deflateRawSync(content) : content;
    const flags = 0x800 | (part.encrypted ? 1 : 0) | (part.descriptor ? 8 : 0);
    const crc = part.claims?.crc ?? crc32(content);
    const bytes = part.claims?.bytes ?? content.length;
    const head = [u16(20), u16(flags), u16(part.deflate ? 8 : 0), u32(0)];
    const sizes = [u32(crc), u32(data.length), u32(bytes)];
    const start = offset;
    const local = part.descriptor ? [u32(0), u32(0), u32(0)] : sizes;
    add(join([u32(0x04034b50), ...head, ...local, u16(name.length), u16(0), name]));
    add(data);
    if (part.descriptor) add(join([u32(0x08074b50), ...sizes]));
    const mode = (part.mode ?? 0o100644) * 65536;
    directory.push(
      join([u32(0x02014b50), u16(3 << 8 | 20), ...head, ...sizes, u16(name.length), u16(0)]),
      join([u16(0), u16(0), u16(0), u32(mode), u32(start), name]),
    );
  }
  const start = offset;
  for (const record of directory) add(record);
  const counts = [u16(0), u16(0), u16(parts.length), u16(parts.length)];
  add(join([u32(0x06054b50), ...counts, u32(offset - start), u32(start), u16(0)]));
  return join(chunks);
}

function u16(value: number): Uint8Array {
  return new Uint8Array([value, value >> 8]);
}

function u32(value: number): Uint8Array {
  return new Uint8Array([value, value >>> 8, value >>> 16, value >>> 24]);
}

function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) whole.set(part, at), at += part.length;
  return whole;
}
