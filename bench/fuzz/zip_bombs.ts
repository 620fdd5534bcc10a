/** Archives that unpack to far more than they have, or say so. */
import type { Bomb, BombMaker } from "./bomb_files.ts";
import { below, pick } from "./random.ts";
import { zipFile } from "./zip_file.ts";

const zip = (bytes: Uint8Array): Bomb => ({ reader: "zip", bytes });

export const zipBombs: Record<string, BombMaker> = {
  "zip of zeros": (random) =>
    zip(zipFile([{ name: "a/1.jpg", content: new Uint8Array(below(random, 2.5e8)) }])),
  "zip of zeros that claims few": (random) =>
    zip(zipFile([{
      name: "a/1.jpg",
      content: new Uint8Array(1e8),
      claims: below(random, 1e6),
    }])),
  "zip that claims much": (random) =>
    zip(zipFile([{
      name: "a/1.jpg",
      content: new Uint8Array(100),
      claims: pick(random, [0x7fffffff, 0xfffffffe, 0xffffffff]),
    }])),
  "zip of many empty files": (random) =>
    zip(zipFile(
      Array.from({ length: below(random, 3000) }, (_, i) => ({
        name: `a/${i}.jpg`,
        content: new Uint8Array(),
      })),
    )),
  "zip of strange names": (random) =>
    zip(zipFile([{
      name: pick(random, [
        "../../a",
        "/etc/a",
        "a\0b",
        "a\\..\\b",
        "C:a",
        "a//b",
        "./a",
        "a/./b",
        "",
      ]),
      content: new Uint8Array(10),
    }])),
};
