/** Zip archives, written byte by byte, so that they may lie (APPNOTE 6.3, sections 4.3 to 4.5). */
import { crc32, deflateRawSync } from "node:zlib";
import { join } from "./mutate.ts";

export interface ZipPart {
  name: string;
  content: Uint8Array;
  /** The size that it claims, where it lies. */
  claims?: number;
}

export function zipFile(parts: ZipPart[]): Uint8Array<ArrayBuffer> {
  const locals: Uint8Array[] = [], directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content, claims = content.length } of parts) {
    const title = new TextEncoder().encode(name), data = deflateRawSync(content);
    const common = [u16(20), u16(0x800), u16(8), u32(0), u32(crc32(content)), u32(data.length)];
    const sizes = [u32(claims), u16(title.length), u16(0)];
    directory.push(join(
      ...[u32(0x02014b50), u16(0x314), ...common, ...sizes, u16(0), u16(0), u16(0)],
      ...[u32(0o100644 * 65536), u32(offset), title],
    ));
    const local = join(u32(0x04034b50), ...common, ...sizes, title, data);
    locals.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, record) => sum + record.length, 0);
  const count = u16(parts.length);
  const end = [u32(0x06054b50), u32(0), count, count, u32(size), u32(offset), u16(0)];
  return join(...locals, ...directory, ...end);
}

const u16 = (value: number) => Uint8Array.of(value, value >> 8);
const u32 = (value: number) => Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
