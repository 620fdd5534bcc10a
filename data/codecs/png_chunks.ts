import { crc32 } from "node:zlib";
import { ImageError } from "../image.ts";

/** The image header, IHDR. */
export interface PngHeader {
  width: number;
  height: number;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  depth: number;
  colour: PngColour;
  interlaced: boolean;
}

/** IHDR's colour type. */
export enum PngColour {
  Grey = 0,
  Rgb = 2,
  Palette = 3,
  GreyAlpha = 4,
  RgbAlpha = 6,
}

const DEPTHS: Record<PngColour, number[]> = {
  [PngColour.Grey]: [1, 2, 4, 8, 16],
  [PngColour.Rgb]: [8, 16],
  [PngColour.Palette]: [1, 2, 4, 8],
  [PngColour.GreyAlpha]: [8, 16],
  [PngColour.RgbAlpha]: [8, 16],
};

/** What decoding needs of a file. */
export interface PngChunks {
  header: PngHeader;
  palette: Uint8Array | undefined;
  compressed: Uint8Array;
}

/**
 * Reads the chunks that pixels need. Checksums count for header and palette alone, as in Pillow:
 * pixels have one of their own, and may have been patched without theirs.
 * @throws {ImageError}
 */
export function readPngChunks(bytes: Uint8Array): PngChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: PngHeader | undefined;
  let palette: Uint8Array | undefined;
  const pixels: Uint8Array[] = [];
  for (const { type, data, crc } of pngChunks(bytes)) {
    if (type === "IEND") break;
    if (!["IHDR", "PLTE", "IDAT"].includes(type)) continue;
    if (type !== "IDAT" && crc !== undefined && view.getUint32(crc) !== crc32(data, crc32(type))) {
      throw new ImageError("corrupt", `PNG chunk ${type} does not match its checksum`);
    }
    if (type === "IHDR") header = readHeader(data);
    else if (type === "PLTE") palette = data;
    else pixels.push(data);
  }
  if (!header) throw new ImageError("truncated", "PNG file without a whole header");
  if (header.colour === PngColour.Palette && !palette) {
    throw new ImageError("corrupt", "PNG file of palette colours without a palette");
  }
  return { header, palette, compressed: pixels.length === 1 ? pixels[0] : join(pixels) };
}

/** The chunks of a file; `crc` is where the checksum stands, if the file is not cut off before. */
export function* pngChunks(
  bytes: Uint8Array,
): Generator<{ type: string; data: Uint8Array; crc?: number }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const crc = at + 8 + length;
    const data = bytes.subarray(at + 8, crc);
    yield crc + 4 <= bytes.length ? { type, data, crc } : { type, data };
    at = crc + 4;
  }
}

function readHeader(data: Uint8Array): PngHeader {
  if (data.length < 13) throw new ImageError("truncated", "PNG header is cut off");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [depth, colour, compression, filter, interlace] = data.subarray(8, 13);
  if (!DEPTHS[colour as PngColour]?.includes(depth)) {
    throw new ImageError("corrupt", `PNG of colour type ${colour} with ${depth} bits`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw new ImageError("unsupported", "PNG with an unknown compression, filter or interlacing");
  }
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth,
    colour,
    interlaced: interlace === 1,
  };
}

function join(parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
