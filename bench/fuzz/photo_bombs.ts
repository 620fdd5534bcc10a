/** Photos that claim, name or repeat more than they hold. */
import { ascii, numbers, photo, sides } from "./bomb_bytes.ts";
import type { BombMaker } from "./bomb_files.ts";
import { jpeg } from "./jpeg_file.ts";
import { join } from "./mutate.ts";
import { pngBombs } from "./png_bombs.ts";
import { below, pick } from "./random.ts";
import { tiffBombs } from "./tiff_bombs.ts";

export const photoBombs: Record<string, BombMaker> = {
  ...pngBombs,
  ...tiffBombs,
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
