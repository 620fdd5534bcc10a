import { checkSize, ImageError, type RgbImage } from "../image.ts";
import { lookUp, unpackBits } from "./samples.ts";

/** BITMAPINFOHEADER's compression: none, and none with the colours' masks given. */
const [BI_RGB, BI_BITFIELDS] = [0, 3];

/**
 * Decodes an uncompressed Windows bitmap of 1, 4, 8, 16, 24 or 32 bits; alpha is dropped.
 * https://learn.microsoft.com/windows/win32/api/wingdi/ns-wingdi-bitmapinfoheader
 * @throws {ImageError}
 */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return decode(bytes, view);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ImageError("truncated", "BMP file is cut off", { cause: error });
  }
}

function decode(bytes: Uint8Array, view: DataView): RgbImage {
  const headerSize = view.getUint32(14, true);
  if (headerSize < 40) throw new ImageError("unsupported", "BMP of OS/2");
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (width < 0) throw new ImageError("corrupt", `BMP ${width} pixels wide`);
  checkSize(width, height);
  if (compression !== BI_RGB && compression !== BI_BITFIELDS) {
    throw new ImageError("unsupported", `BMP with compression ${compression}`);
  }
  if (![1, 4, 8, 16, 24, 32].includes(bits)) {
    throw new ImageError("unsupported", `BMP of ${bits} bits a pixel`);
  }
  const start = view.getUint32(10, true);
  const rowBytes = Math.ceil(width * bits / 32) * 4;
  if (start + rowBytes * height > bytes.length) throw new RangeError("pixels are missing");

  const pixels = bytes.subarray(start, start + rowBytes * height);
  const topDown = new Uint8Array(pixels.length);
  for (let row = 0; row < height; row++) {
    const from = (signedHeight < 0 ? row : height - 1 - row) * rowBytes;
    topDown.set(pixels.subarray(from, from + rowBytes), row * rowBytes);
  }
  if (bits <= 8) {
    const colours = view.getUint32(46, true) || 2 ** bits;
    const bgrx = bytes.subarray(14 + headerSize, 14 + headerSize + colours * 4);
    const indices = unpackBits(topDown, width, height, rowBytes, bits);
    return { width, height, data: lookUp(indices, paletteOf(bgrx)) };
  }
  const masks = compression === BI_BITFIELDS
    ? [54, 58, 62].map((at) => view.getUint32(at, true))
    : bits === 16
    ? [0x7c00, 0x3e0, 0x1f]
    : [0xff0000, 0xff00, 0xff];
  return { width, height, data: unpackMasked(topDown, width, height, rowBytes, bits / 8, masks) };
}

function paletteOf(bgrx: Uint8Array): Uint8Array {
  const palette = new Uint8Array(bgrx.length / 4 * 3);
  for (let from = 0, to = 0; from + 3 < bgrx.length; from += 4) {
    for (const c of [2, 1, 0]) palette[to++] = bgrx[from + c];
  }
  return palette;
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
