/** PNGs that claim or unpack to more than they hold. */
import { crc32, deflateSync } from "node:zlib";
import { ascii, numbers, photo, sides } from "./bomb_bytes.ts";
import type { BombMaker } from "./bomb_files.ts";
import { join } from "./mutate.ts";
import { below, pick } from "./random.ts";

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

const PNG_KINDS: [number, number][] = [[1, 0], [8, 0], [16, 0], [8, 2], [16, 2], [8, 6], [16, 6]];

export const pngBombs: Record<string, BombMaker> = {
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
};
