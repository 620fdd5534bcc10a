import { checkSize, ImageError, type RgbImage } from "../image.ts";
import { checkExpansion } from "./budget.ts";
import { decodeBmpRuns } from "./bmp_runs.ts";
import { lookUp, unpackBits } from "./samples.ts";

/** Compression: none, runs of 8 or 4 bits, and none with the colours' masks given. */
const [BI_RGB, BI_RLE8, BI_RLE4, BI_BITFIELDS] = [0, 1, 2, 3];

/**
 * Decodes a bitmap of Windows or OS/2, of 1, 4, 8, 16, 24 or 32 bits, uncompressed or run-length
 * encoded; alpha is dropped.
 * https://learn.microsoft.com/windows/win32/api/wingdi/ns-wingdi-bitmapinfoheader
 * @throws {ImageError}
 */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return decode(bytes, readHeader(view));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ImageError("truncated", "BMP file is cut off", { cause: error });
  }
}

interface BmpHeader {
  width: number;
  height: number;
  topDown: boolean;
  bits: number;
  compression: number;
  /** Where the pixels begin. */
  start: number;
  palette: { start: number; colours: number; colourBytes: 3 | 4 };
  /** Of red, green and blue. */
  masks: number[];
}

function readHeader(view: DataView): BmpHeader {
  const headerSize = view.getUint32(14, true);
  // OS/2's first kind has 16 bits for each number, and palettes without padding.
  const small = headerSize === 12;
  if (headerSize < 40 && !small) {
    throw new ImageError("unsupported", `BMP with a header of ${headerSize} bytes: save it anew`);
  }
  const width = small ? view.getUint16(18, true) : view.getInt32(18, true);
  const height = small ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(small ? 24 : 28, true);
  const compression = small ? BI_RGB : view.getUint32(30, true);
  if (width < 0) throw new ImageError("corrupt", `BMP ${width} pixels wide`);
  checkSize(width, Math.abs(height));
  const runs = { [BI_RLE8]: 8, [BI_RLE4]: 4 }[compression];
  if (![BI_RGB, BI_BITFIELDS].includes(compression) && runs !== bits) {
    throw new ImageError("unsupported", `BMP of ${bits} bits with compression ${compression}`);
  }
  if (![1, 4, 8, 16, 24, 32].includes(bits)) {
    throw new ImageError("unsupported", `BMP of ${bits} bits a pixel`);
  }
  const masks = compression === BI_BITFIELDS
    ? [54, 58, 62].map((at) => view.getUint32(at, true))
    : bits === 16
    ? [0x7c00, 0x3e0, 0x1f]
    : [0xff0000, 0xff00, 0xff];
  const colours = small ? 0 : view.getUint32(46, true);
  const palette = {
    start: 14 + headerSize,
    colours: colours || 2 ** bits,
    colourBytes: small ? 3 as const : 4 as const,
  };
  const start = view.getUint32(10, true);
  return {
    width,
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    compression,
    // Some programs point to the palette instead.
    start: start === palette.start && bits <= 8
      ? start + palette.colours * palette.colourBytes
      : start,
    palette,
    masks,
  };
}

function decode(bytes: Uint8Array, header: BmpHeader): RgbImage {
  const { width, height, bits, start, compression } = header;
  if (compression === BI_RLE8 || compression === BI_RLE4) {
    checkExpansion(width * height, bytes.length, "BMP");
    const indices = decodeBmpRuns(bytes, start, width, height, bits === 4);
    const topDown = orderRows(indices, width, height, header.topDown);
    return { width, height, data: lookUp(topDown, paletteOf(bytes, header)) };
  }
  const rowBytes = Math.ceil(width * bits / 32) * 4;
  if (start + rowBytes * height > bytes.length) throw new RangeError("pixels are missing");
  const pixels = bytes.subarray(start, start + rowBytes * height);
  const topDown = orderRows(pixels, rowBytes, height, header.topDown);
  if (bits <= 8) {
    const indices = unpackBits(topDown, width, height, rowBytes, bits);
    return { width, height, data: lookUp(indices, paletteOf(bytes, header)) };
  }
  const data = unpackMasked(topDown, width, height, rowBytes, bits / 8, header.masks);
  return { width, height, data };
}

/** Rows from the topmost down, as they are stored only rarely. */
function orderRows(
  rows: Uint8Array,
  rowBytes: number,
  height: number,
  topDown: boolean,
): Uint8Array {
  if (topDown) return rows;
  const ordered = new Uint8Array(rows.length);
  for (let row = 0; row < height; row++) {
    const from = (height - 1 - row) * rowBytes;
    ordered.set(rows.subarray(from, from + rowBytes), row * rowBytes);
  }
  return ordered;
}

/** RGB out of blue, green, red and, from Windows, a byte of padding; at most 256 colours. */
function paletteOf(bytes: Uint8Array, { palette }: BmpHeader): Uint8Array {
  const { start, colours, colourBytes } = palette;
  const stored = bytes.subarray(start, start + Math.min(colours, 256) * colourBytes);
  const rgb = new Uint8Array(Math.floor(stored.length / colourBytes) * 3);
  for (let from = 0, to = 0; to < rgb.length; from += colourBytes) {
    for (const c of [2, 1, 0]) rgb[to++] = stored[from + c];
  }
  return rgb;
}

/** RGB out of little-endian pixels in which each colour has the bits of its mask. */
function unpackMasked(
  rows: Uint8Array,
  width: number,
  height: number,
  rowBytes: number,
  pixelBytes: number,
  masks: number[],
): Uint8Array {
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { shift, max: mask >>> shift };
  });
  const data = new Uint8Array(width * height * 3);
  for (let row = 0, to = 0; row < height; row++) {
    for (let x = 0, at = row * rowBytes; x < width; x++, at += pixelBytes) {
      let pixel = 0;
      for (let i = 0; i < pixelBytes; i++) pixel |= rows[at + i] << (8 * i);
      for (const { shift, max } of channels) {
        data[to++] = max === 0 ? 0 : Math.floor((pixel >>> shift & max) * 255 / max);
      }
    }
  }
  return data;
}
