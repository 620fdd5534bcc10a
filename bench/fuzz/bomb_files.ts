/** The bombs, of sizes by chance; none has more than some megabytes. */
import { photoBombs } from "./photo_bombs.ts";
import type { Random } from "./random.ts";
import { weightsBombs } from "./weights_bombs.ts";
import { zipBombs } from "./zip_bombs.ts";

export interface Bomb {
  /** Which reader it is meant for. */
  reader: string;
  bytes: Uint8Array;
}

export type BombMaker = (random: Random) => Bomb;

export const BOMBS: Record<string, BombMaker> = { ...photoBombs, ...weightsBombs, ...zipBombs };
