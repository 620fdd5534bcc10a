import { crc32, deflateSync } from "node:zlib";
import type { RgbImage } from "../data/image.ts";

const encoder = new TextEncoder();
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Encodes a photo as PNG, 8 bits a channel, without alpha. resvg's own encoder makes the same
 * picture half as large again, and imagescript's is native code, for which Deno must be given ffi.
 * @param level deflate's: 1 is fast, 9 is small
 * @param source what it was made from, in ASCII, for programs to read
 * @throws {RangeError} when the bytes are not the photo's size
 * https://www.w3.org/TR/png-3/
 */
export function encodePng(
  image: RgbImage,
  level = 6,
  source?: string,
): Uint8Array<ArrayBuffer> {
  const { width, height } = checkImage(image);
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8); // bits a channel
  header.setUint8(9, 2); // RGB
  const pixels = deflateSync(filterRows(image), { level });
  return concatenate([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", new Uint8Array(header.buffer)),
    ...(source === undefined ? [] : [chunk("tEXt", encoder.encode(`Source\0${source}`))]),
    chunk("IDAT", pixels),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** A photo whose bytes are as many as its size says. */
export function checkImage(image: RgbImage): RgbImage {
  const { width, height, data } = image;
  if (!(width > 0 && height > 0 && data.length === width * height * 3)) {
    throw new RangeError(
      `a photo of ${width}×${height} pixels has ${data.length} bytes; ` +
        `it takes ${width * height * 3}, 3 a pixel, and at least one pixel`,
    );
  }
  return image;
}

/** Each row as its difference from the row above, which makes flat areas and photos small alike. */
function filterRows({ width, height, data }: RgbImage): Uint8Array {
  const rowBytes = width * 3;
  const rows = new Uint8Array(height * (rowBytes + 1));
  for (let y = 0; y < height; y++) {
    const from = y * rowBytes;
    const to = y * (rowBytes + 1);
    rows[to] = 2; // filter "up"; above the first row all is 0
    if (y === 0) rows.set(data.subarray(0, rowBytes), 1);
    else {for (let i = 0; i < rowBytes; i++) {
        rows[to + 1 + i] = data[from + i] - data[from - rowBytes + i];
      }}
  }
  return rows;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(encoder.encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

function concatenate(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
