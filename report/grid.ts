import { HEADING } from "./heading.ts";
import { MARGIN } from "./style.ts";

const GAP = 24;
/** A grid is at most as wide, however many columns it has, unless photos would become too small. */
const WIDTH = 1000;
const SIDE = { least: 72, most: 240 };

/** Where the tiles of a grid lie, and how large the whole is; all in CSS pixels. */
export interface Grid {
  width: number;
  height: number;
  /** Side of a tile's photo, which is square. */
  side: number;
  /** Upper left corner of tile `index`. */
  at(index: number): [x: number, y: number];
}

/**
 * Lays out `count` tiles below a heading, each a square photo and `caption` pixels of text.
 * @throws {RangeError} without tiles, or when `columns` is no positive whole number
 */
export function gridOf(count: number, columns: number, caption: number): Grid {
  if (count === 0) {
    throw new RangeError("a grid of no photos is no picture: give at least one tile");
  }
  if (!(Number.isInteger(columns) && columns > 0)) {
    throw new RangeError(`columns is ${columns}: give a whole number, 1 or more`);
  }
  const across = Math.min(columns, count);
  const down = Math.ceil(count / across);
  const room = (WIDTH - GAP * (across - 1)) / across;
  // Even, so that photos begin and end where image pixels do.
  const side = Math.min(SIDE.most, Math.max(SIDE.least, 2 * Math.floor(room / 2)));
  return {
    side,
    width: 2 * MARGIN + across * side + (across - 1) * GAP,
    height: 2 * MARGIN + HEADING + down * (side + caption) + (down - 1) * GAP,
    at: (index) => [
      MARGIN + (index % across) * (side + GAP),
      MARGIN + HEADING + Math.floor(index / across) * (side + caption + GAP),
    ],
  };
}
