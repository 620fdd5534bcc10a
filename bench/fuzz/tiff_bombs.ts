/** TIFFs, and EXIF, that name the same bytes many times or claim more than they hold. */
import { deflateSync } from "node:zlib";
import { ascii, numbers, photo, sides } from "./bomb_bytes.ts";
import type { BombMaker } from "./bomb_files.ts";
import { GREY_JPEG } from "./jpeg_file.ts";
import { join } from "./mutate.ts";
import { below, pick, type Random } from "./random.ts";

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

export const tiffBombs: Record<string, BombMaker> = {
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
};
