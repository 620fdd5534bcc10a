/** Image files of unusual kinds, written byte by byte. */
import { crc32, deflateSync } from "node:zlib";
import type { PngHeader } from "../../data/codecs/png_chunks.ts";
import type { RgbImage } from "../../data/image.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

export function concat(...parts: (Uint8Array | number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new DataView(new ArrayBuffer(data.length + 12));
  const bytes = new Uint8Array(chunk.buffer);
  chunk.setUint32(0, data.length);
  bytes.set(ascii(type), 4);
  bytes.set(data, 8);
  chunk.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

/** With rows that are filtered and compressed already. */
export function pngFileOf(
  { width, height, depth, colour, interlaced }: PngHeader,
  compressed: Uint8Array,
  palette?: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  [depth, colour, 0, 0, Number(interlaced)].forEach((value, i) => header.setUint8(8 + i, value));
  return concat(
    [0x89, ...ascii("PNG\r\n\x1a\n")],
    pngChunk("IHDR", new Uint8Array(header.buffer)),
    ...(palette ? [pngChunk("PLTE", palette)] : []),
    pngChunk("IDAT", compressed),
    pngChunk("IEND", new Uint8Array(0)),
  );
}

/** With compressed rows as they are given, of RGBA of 16 bits. */
export function pngOf(width: number, height: number, compressed: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 16);
  header.setUint8(9, 6);
  return concat(
    [0x89, ...ascii("PNG\r\n\x1a\n")],
    pngChunk("IHDR", new Uint8Array(header.buffer)),
    pngChunk("IDAT", compressed),
    pngChunk("IEND", new Uint8Array(0)),
  );
}

function pngFile(
  { width, height, data }: RgbImage,
  depth: 8 | 16,
  further: Uint8Array[] = [],
): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, depth);
  header.setUint8(9, 2);
  const rows = Array.from({ length: height }, (_, y) => {
    const row = data.subarray(y * width * 3, (y + 1) * width * 3);
    return [0, ...(depth === 16 ? [...row].flatMap((value) => [value, value]) : row)];
  });
  return concat(
    [0x89, ...ascii("PNG\r\n\x1a\n")],
    pngChunk("IHDR", new Uint8Array(header.buffer)),
    ...further,
    pngChunk("IDAT", deflateSync(Uint8Array.from(rows.flat()))),
    pngChunk("IEND", new Uint8Array(0)),
  );
}

const DOT: RgbImage = { width: 1, height: 1, data: Uint8Array.of(9, 99, 199) };

export const png = (image: RgbImage): Uint8Array<ArrayBuffer> => pngFile(image, 8);
export const png16 = (image: RgbImage = DOT): Uint8Array<ArrayBuffer> => pngFile(image, 16);
/** With the chunk that makes an APNG; readers of PNG pass over it. */
export const animatedPng = (image: RgbImage = DOT): Uint8Array<ArrayBuffer> =>
  pngFile(image, 8, [pngChunk("acTL", Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0))]);

/** One pixel a frame. */
export function animatedGif(frames: number): Uint8Array<ArrayBuffer> {
  const frame = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 0x01, 0];
  const extension = [0x21, 0xf9, 4, 0, 0, 0, 0, 0];
  return concat(
    ascii("GIF89a"),
    [1, 0, 1, 0, 0x80, 0, 0, 10, 20, 30, 40, 50, 60],
    ...Array.from({ length: frames }, () => [...extension, ...frame]),
    [0x3b],
  );
}

/** A field of a TIFF directory: its tag, and its values, of 32 bits each. */
export type TiffField = [tag: number, values: number[]];

/** Little endian: the body, which begins at byte 8, then one directory. */
export function tiffFile(fields: TiffField[], body: Uint8Array): Uint8Array<ArrayBuffer> {
  const directory = 8 + body.length;
  let further = directory + 2 + 12 * fields.length + 4;
  const length = fields.reduce((sum, [, values]) => sum + 4 * values.length, further);
  const file = new DataView(new ArrayBuffer(length));
  file.setUint32(0, 0x002a4949, true);
  file.setUint32(4, directory, true);
  new Uint8Array(file.buffer).set(body, 8);
  file.setUint16(directory, fields.length, true);
  fields.forEach(([tag, values], i) => {
    const at = directory + 2 + 12 * i;
    file.setUint16(at, tag, true);
    file.setUint16(at + 2, 4, true);
    file.setUint32(at + 4, values.length, true);
    let to = at + 8;
    if (values.length > 1) {
      file.setUint32(to, further, true);
      to = further;
      further += 4 * values.length;
    }
    values.forEach((value, j) => file.setUint32(to + 4 * j, value, true));
  });
  return new Uint8Array(file.buffer);
}

/** One grey pixel a page, little endian. */
export function tiffPages(pages: number): Uint8Array<ArrayBuffer> {
  const fields = [[256, 1], [257, 1], [258, 8], [259, 1], [262, 1], [273, 8], [277, 1], [278, 1], [
    279,
    1,
  ]];
  const length = 2 + 12 * fields.length + 4;
  const file = new DataView(new ArrayBuffer(10 + pages * length));
  file.setUint32(0, 0x002a4949, true);
  file.setUint32(4, 10, true);
  file.setUint8(8, 128);
  for (let page = 0; page < pages; page++) {
    const at = 10 + page * length;
    file.setUint16(at, fields.length, true);
    fields.forEach(([tag, value], i) => {
      file.setUint16(at + 2 + 12 * i, tag, true);
      file.setUint16(at + 4 + 12 * i, 3, true);
      file.setUint32(at + 6 + 12 * i, 1, true);
      file.setUint16(at + 10 + 12 * i, value, true);
    });
    file.setUint32(at + length - 4, page + 1 < pages ? at + length : 0, true);
  }
  return new Uint8Array(file.buffer);
}

/** The TIFF structure of EXIF that says when a photo was taken; texts of four letters at least. */
export function exifOf(
  { taken, make = "", model = "", little = true }: {
    taken: string;
    make?: string;
    model?: string;
    little?: boolean;
  },
): Uint8Array<ArrayBuffer> {
  const texts = [make, model, taken].map((text) => [...ascii(text), 0]);
  const inner = 8 + 2 + 3 * 12 + 4;
  const start = inner + 2 + 12 + 4;
  const at = texts.map((_, i) => start + texts.slice(0, i).flat().length);
  const file = new DataView(new ArrayBuffer(start + texts.flat().length));
  const bytes = new Uint8Array(file.buffer);
  bytes.set(ascii(little ? "II" : "MM"));
  file.setUint16(2, 42, little);
  file.setUint32(4, 8, little);
  const directory = (
    from: number,
    fields: [tag: number, type: number, count: number, value: number][],
  ) => {
    file.setUint16(from, fields.length, little);
    fields.forEach(([tag, type, count, value], i) => {
      const field = from + 2 + 12 * i;
      file.setUint16(field, tag, little);
      file.setUint16(field + 2, type, little);
      file.setUint32(field + 4, count, little);
      file.setUint32(field + 8, value, little);
    });
  };
  directory(8, [
    [make ? 0x010f : 0xc000, 2, texts[0].length, at[0]],
    [model ? 0x0110 : 0xc001, 2, texts[1].length, at[1]],
    [0x8769, 4, 1, inner],
  ]);
  directory(inner, [[0x9003, 2, texts[2].length, at[2]]]);
  bytes.set(texts.flat(), start);
  return bytes;
}

/** A PNG with EXIF in it. */
export function withExif(photo: Uint8Array, exif: Uint8Array): Uint8Array<ArrayBuffer> {
  const afterHeader = 8 + 25;
  return concat(photo.slice(0, afterHeader), pngChunk("eXIf", exif), photo.slice(afterHeader));
}
