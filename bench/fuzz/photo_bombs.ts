/** Photos that claim, name or repeat more than they hold. */
import { crc32, deflateSync } from "node:zlib";
import type { Bomb, BombMaker } from "./bomb_files.ts";
import { join } from "./mutate.ts";
import { below, pick, type Random } from "./random.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const photo = (bytes: Uint8Array): Bomb => ({ reader: "photo", bytes });

function numbers(
  entries: [size: 1 | 2 | 4, value: number][],
  little = true,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(entries.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of entries) {
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, little);
    else view.setUint32(at, value, little);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

/** Sides of up to `most` pixels together, also very long ones. */
function sides(random: Random, most = 89e6): [number, number] {
  const width = Math.ceil(65535 ** random());
  return [width, Math.max(1, Math.min(65535, Math.floor(most / width)))];
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = join(ascii(type), data);
  return join(numbers([[4, data.length]], false), body, numbers([[4, crc32(body)]], false));
}

function png(
  [width, height]: [number, number],
  [depth, colour]: [number, number],
  interlaced: 0 | 1,
  ...chunks: Uint8Array[]
): Uint8Array {
  const header = numbers([[4, width], [4, height], [1, depth], [1, colour]], false);
  return join(
    ...[Uint8Array.of(0x89), ascii("PNG\r\n\x1a\n")],
    chunk("IHDR", join(header, Uint8Array.of(0, 0, interlaced))),
    ...chunks,
    chunk("IEND", new Uint8Array()),
  );
}

const zeros = (length: number) => deflateSync(new Uint8Array(length));

/** A TIFF of one directory; `values` of a field stand where its offset says. */
function tiff(
  fields: [tag: number, type: 3 | 4, count: number, value: number][],
  body: Uint8Array,
) {
  const entries = fields.flatMap(([tag, type, count, value]): [2 | 4, number][] => [
    ...[[2, tag], [2, type], [4, count], [4, value]] as [2 | 4, number][],
  ]);
  return join(
    numbers([[4, 0x002a4949], [4, 8 + body.length]]),
    body,
    numbers([[2, fields.length], ...entries, [4, 0]]),
  );
}

const size = (width: number, height: number): [number, 3 | 4, number, number][] => [
  ...[[256, 4, 1, width], [257, 4, 1, height]] as [number, 3 | 4, number, number][],
];

/** Entries that all name the same bytes, as EXIF or as a photo's directory. */
function directory(random: Random): Uint8Array {
  const body = new Uint8Array(1000 + below(random, 200_000));
  const count = 1000 + below(random, 64_000);
  return tiff(
    Array.from({ length: count }, (_, i) => [i + 1, 4, body.length >> 2, 8]),
    body,
  );
}

const PNG_KINDS: [number, number][] = [[1, 0], [8, 0], [16, 0], [8, 2], [16, 2], [8, 6], [16, 6]];

export const photoBombs: Record<string, BombMaker> = {
  "PNG of a huge size with few pixels": (random) =>
    photo(png(
      sides(random, pick(random, [89e6, 4e9])),
      pick(random, PNG_KINDS),
      0,
      chunk("IDAT", zeros(below(random, 100_000))),
    )),
  "PNG of one colour": (random) => {
    const depth = pick(random, PNG_KINDS), [width, height] = sides(random, 3e7);
    const channels = { 0: 1, 2: 3, 6: 4 }[depth[1]]!;
    const row = 1 + Math.ceil(width * channels * depth[0] / 8);
    return photo(png([width, height], depth, 0, chunk("IDAT", zeros(row * height))));
  },
  "PNG, interlaced": (random) =>
    photo(png(sides(random), [8, 6], 1, chunk("IDAT", zeros(below(random, 2e7))))),
  "PNG of more data than pixels": (random) =>
    photo(png([4, 4], [8, 2], 0, chunk("IDAT", zeros(below(random, 2e8))))),
  "PNG whose text unpacks to much": (random) =>
    photo(png(
      [1, 1],
      [8, 0],
      0,
      ...Array.from({ length: 1 + below(random, 50) }, () =>
        chunk("zTXt", join(ascii("Raw profile type exif\0\0"), zeros(1e7)))),
      chunk("IDAT", zeros(2)),
    )),
  "TIFF directory": (random) => photo(directory(random)),
  "EXIF directory in JPEG": (random) => {
    const exif = join(ascii("Exif\0\0"), directory(random)).subarray(0, 65_533);
    const segment = join(Uint8Array.of(0xff, 0xe1), numbers([[2, exif.length + 2]], false), exif);
    return photo(join(Uint8Array.of(0xff, 0xd8), segment, GREY_JPEG.subarray(2)));
  },
  "TIFF tiles that share a strip": (random) => {
    const side = pick(random, [16, 64, 256, 1024]), across = 1 + below(random, 200);
    const data = zeros(side * side * 3), count = across * across;
    const at = 8 + data.length;
    const offsets = numbers(Array.from({ length: count }, () => [4, 8]));
    const lengths = numbers(Array.from({ length: count }, () => [4, data.length]));
    return photo(tiff([
      ...size(across * side, across * side),
      ...[[258, 3, 1, 8], [259, 3, 1, 8], [262, 3, 1, 2], [277, 3, 1, 3]] as [
        number,
        3,
        1,
        number,
      ][],
      ...[[322, 4, 1, side], [323, 4, 1, side]] as [number, 4, 1, number][],
      [324, 4, count, count > 1 ? at : 8],
      [325, 4, count, count > 1 ? at + offsets.length : data.length],
    ], join(data, offsets, lengths)));
  },
  "TIFF of many channels": (random) => {
    const channels = 1 + below(random, pick(random, [8, 65_535])), [width, height] = sides(random);
    const data = zeros(below(random, 2e8));
    return photo(tiff([
      ...size(width, height),
      ...[[258, 3, 1, 8], [259, 3, 1, 8], [262, 3, 1, 1], [277, 3, 1, channels]] as [
        number,
        3,
        1,
        number,
      ][],
      ...[[273, 4, 1, 8], [278, 4, 1, height], [279, 4, 1, data.length]] as [
        number,
        4,
        1,
        number,
      ][],
    ], data));
  },
  "TIFF of LZW codes": (random) => {
    const data = new Uint8Array(below(random, 1e6)).fill(pick(random, [0x80, 0xff, 0x55]));
    const [width, height] = sides(random);
    return photo(tiff([
      ...size(width, height),
      ...[[258, 3, 1, 8], [259, 3, 1, 5], [262, 3, 1, 1], [277, 3, 1, 1]] as [
        number,
        3,
        1,
        number,
      ][],
      ...[[273, 4, 1, 8], [278, 4, 1, height], [279, 4, 1, data.length]] as [
        number,
        4,
        1,
        number,
      ][],
    ], data));
  },
  "JPEG of many scans": (random) => photo(jpeg(sides(random), 0xc2, below(random, 20_000))),
  "JPEG of a huge size": (random) => photo(jpeg(sides(random, 4e9), 0xc0, 1)),
  "GIF of many frames": (random) => {
    const [width, height] = [1 + below(random, 65_535), 1 + below(random, 2000)];
    const frame = join(
      Uint8Array.of(0x2c, 0, 0, 0, 0),
      numbers([[2, width], [2, height]]),
      Uint8Array.of(0, 2, 2, 0x4c, 0x01, 0),
    );
    return photo(join(
      ascii("GIF89a"),
      numbers([[2, width], [2, height]]),
      Uint8Array.of(0x80, 0, 0, 1, 2, 3, 4, 5, 6),
      ...Array.from({ length: below(random, 100_000) }, () => frame),
      Uint8Array.of(0x3b),
    ));
  },
  "BMP of runs": (random) => {
    const [width, height] = sides(random), runs = new Uint8Array(below(random, 2e6)).fill(0xff);
    const header: [2 | 4, number][] = [[4, 40], [4, width], [4, height], [2, 1], [2, 8], [4, 1]];
    return photo(join(
      ascii("BM"),
      numbers([[4, 54 + 1024 + runs.length], [4, 0], [4, 54 + 1024], ...header]),
      new Uint8Array(20 + 1024),
      runs,
    ));
  },
  "PNM in text": (random) => {
    const [width, height] = sides(random);
    return photo(ascii(
      `P${pick(random, [1, 2, 3])} ${width} ${height} 255\n` +
        pick(random, [" ", "1 ", "# ", "1\n"]).repeat(below(random, 1e6)),
    ));
  },
  "WebP of a huge size": (random) => {
    const bits = 0x3fff | 0x3fff << 14;
    const body = join(
      Uint8Array.of(0x2f),
      numbers([[4, bits]]),
      new Uint8Array(below(random, 1e5)),
    );
    return photo(join(
      ascii("RIFF"),
      numbers([[4, body.length + 12]]),
      ascii("WEBPVP8L"),
      numbers([[4, body.length]]),
      body,
    ));
  },
};

/** Frame, tables and scans of one component without data. */
function jpeg([width, height]: [number, number], frame: 0xc0 | 0xc2, scans: number): Uint8Array {
  const marker = (code: number, body: Uint8Array) =>
    join(Uint8Array.of(0xff, code), numbers([[2, body.length + 2]], false), body);
  const table = join(Uint8Array.of(0, 1), new Uint8Array(16));
  const progressive = frame === 0xc2;
  const scan = join(
    marker(0xda, Uint8Array.of(1, 1, 0, progressive ? 1 : 0, progressive ? 63 : 63, 0)),
    new Uint8Array(8),
  );
  return join(
    Uint8Array.of(0xff, 0xd8),
    marker(0xdb, join(Uint8Array.of(0), new Uint8Array(64).fill(1))),
    marker(
      frame,
      join(
        ...[Uint8Array.of(8), numbers([[2, height & 0xffff], [2, width & 0xffff]], false)],
        Uint8Array.of(1, 1, 0x11, 0),
      ),
    ),
    ...[marker(0xc4, table), marker(0xc4, join(Uint8Array.of(0x10), table.subarray(1)))],
    ...(progressive ? [marker(0xda, Uint8Array.of(1, 1, 0, 0, 0, 0)), new Uint8Array(8)] : []),
    ...Array.from({ length: scans }, () => scan),
    Uint8Array.of(0xff, 0xd9),
  );
}

const GREY_JPEG = jpeg([8, 8], 0xc0, 1);
