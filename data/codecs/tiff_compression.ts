import { ImageError } from "../image.ts";
import { inflateAtMost } from "./inflate.ts";

/** The Compression tag, of what is read. */
export const COMPRESSION = {
  none: 1,
  lzw: 5,
  jpeg: 7,
  deflate: 8,
  oldDeflate: 32946,
  packBits: 32773,
} as const;

/** Of what is not. */
const NAMES: Record<number, string> = {
  2: "compressed for fax (CCITT)",
  3: "compressed for fax (CCITT group 3)",
  4: "compressed for fax (CCITT group 4)",
  6: "of old-style JPEG",
  34712: "compressed as JPEG 2000",
  34887: "compressed with LERC",
  34925: "compressed with LZMA",
  50000: "compressed with Zstandard",
  50001: "compressed as WebP",
  50002: "compressed as JPEG XL",
};

/** Names a compression that is not read, as it goes on from "a TIFF"; undefined for the others. */
export function nameOfCompression(compression: number): string | undefined {
  if (Object.values(COMPRESSION).some((known) => known === compression)) return undefined;
  return NAMES[compression] ?? `with an unknown compression (${compression})`;
}

/**
 * Decompresses a strip or tile to at most `length` bytes: fewer where it ends before.
 * @throws {ImageError}
 */
export function decompress(data: Uint8Array, compression: number, length: number): Uint8Array {
  switch (compression) {
    case COMPRESSION.none:
      return data;
    case COMPRESSION.lzw:
      return lzw(data, length);
    case COMPRESSION.deflate:
    case COMPRESSION.oldDeflate:
      return inflateAtMost(data, length, "TIFF pixels");
    case COMPRESSION.packBits:
      return packBits(data, length);
    default:
      throw new ImageError("unsupported", `TIFF with compression ${compression}`);
  }
}

/** Runs and literals: TIFF 6.0, section 9. */
function packBits(data: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let to = 0;
  for (let at = 0; at < data.length && to < length;) {
    const control = data[at++];
    if (control < 128) {
      const literal = data.subarray(at, at + Math.min(control + 1, length - to));
      out.set(literal, to);
      at += control + 1;
      to += control + 1;
    } else if (control > 128) {
      out.fill(data[at++], to, to + 257 - control);
      to += 257 - control;
    }
  }
  return out.subarray(0, to);
}

const [CLEAR, END, FIRST_CODE, TABLE_SIZE] = [256, 257, 258, 4096];

/** TIFF 6.0, section 13: codes of 9 to 12 bits, highest bit first, widened one code early. */
function lzw(data: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  // An entry is a stretch of the output: the bytes of an earlier code and the one after them.
  const starts = new Uint32Array(TABLE_SIZE);
  const lengths = new Uint16Array(TABLE_SIZE);
  let next = FIRST_CODE;
  let width = 9;
  let previous: { start: number; length: number } | undefined;
  let to = 0;
  for (let bit = 0; bit + width <= data.length * 8 && to < length;) {
    const code = readBits(data, bit, width);
    bit += width;
    if (code === END) break;
    if (code === CLEAR) {
      [next, width, previous] = [FIRST_CODE, 9, undefined];
      continue;
    }
    const start = to;
    if (code < 256) {
      out[to++] = code;
    } else {
      const known = code < next;
      if (!previous || code > next) throw new ImageError("corrupt", "TIFF pixels: bad LZW code");
      // The code that is just being defined is the previous one and its own first byte.
      const from = known ? starts[code] : previous.start;
      const count = known ? lengths[code] : previous.length + 1;
      for (let i = 0; i < count && to < length; i++) out[to++] = out[from + i];
    }
    if (previous && next < TABLE_SIZE) {
      starts[next] = previous.start;
      lengths[next++] = previous.length + 1;
    }
    previous = { start, length: to - start };
    if (next >= 2 ** width - 1 && width < 12) width++;
  }
  return out.subarray(0, to);
}

function readBits(data: Uint8Array, bit: number, width: number): number {
  const at = bit >> 3;
  const bits = data[at] << 16 | (data[at + 1] ?? 0) << 8 | (data[at + 2] ?? 0);
  return bits >> (24 - width - (bit & 7)) & (2 ** width - 1);
}
