import type { RgbImage } from "../data/image.ts";
import { gridOf } from "./grid.ts";
import { heading } from "./heading.ts";
import { counted, percent } from "../data/statistics/percent.ts";
import { photo } from "./photo.ts";
import { rasterise } from "./rasterise.ts";
import { COLOUR, SIZE } from "./style.ts";
import { box, type Picture, picture, text } from "./svg.ts";
import { fitPath, fitText, textWidth } from "./text.ts";
import { frame, mark, probabilityBar, type Verdict, VERDICT_COLOUR } from "./verdict.ts";

/** Heights of a tile's title above its photo and of what stands below it. */
const TITLE = 28;
const FOOT = 32;
/** Of the files' names, where tiles have them. */
const NAME = 18;

/** A photo and what was made of it. */
export interface PredictionTile {
  image: RgbImage;
  predicted: string;
  /** Of the predicted class, 0 to 1. */
  probability: number;
  /** The photo's class, where it is known. */
  actual?: string;
  /** What stands in place of a label that is not given: of none of these, or too unsure. */
  withheld?: string;
  /** Of its file. */
  path?: string;
}

/** How predictions are shown. */
export interface PredictionGridOptions {
  title: string;
  /** Default: 3. */
  columns?: number;
}

/**
 * Draws the tutorial's photos with `predicted: bees` above each; colour, a mark and the true class
 * say which are wrong.
 * @throws {RangeError} without tiles
 */
export function drawPredictionGrid(
  tiles: PredictionTile[],
  { title, columns = 3 }: PredictionGridOptions,
): Picture {
  const foot = FOOT + (tiles.some(({ path }) => path !== undefined) ? NAME : 0);
  const grid = gridOf(tiles.length, columns, TITLE + foot);
  const drawn = tiles.map((tile, index) => {
    const [x, y] = grid.at(index);
    return box(x, y, grid.side, TITLE + grid.side + foot, drawTile(tile, grid.side));
  });
  return picture(
    grid.width,
    grid.height,
    title,
    heading(grid.width, title, summary(tiles)) + drawn.join(""),
    "photos",
  );
}

/** `drawPredictionGrid` as PNG. */
export async function predictionGrid(
  tiles: PredictionTile[],
  options: PredictionGridOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  return await rasterise(drawPredictionGrid(tiles, options));
}

function drawTile(tile: PredictionTile, side: number): string {
  const { image, predicted, probability, actual, withheld, path } = tile;
  const verdict = verdictOf(tile);
  const colour = withheld === undefined ? VERDICT_COLOUR[verdict] : COLOUR.muted;
  const marked = verdict !== "unknown";
  const head = withheld ?? `predicted: ${predicted}`;
  const title = fitText(head, SIZE.heading, side - (marked ? 26 : 0));
  const share = withheld === undefined
    ? percent(probability)
    : fitText(`nearest: ${predicted} ${percent(probability)}`, SIZE.remark, side);
  const room = side - textWidth(share, SIZE.remark) - 12;
  const foot = TITLE + side + 24;
  return text(0, 17, title, { size: SIZE.heading, weight: 600 }) +
    (marked ? mark(side - 9, 12, verdict) : "") +
    photo(image, 0, TITLE, side, side) +
    (verdict === "wrong" ? frame(0, TITLE, side, side, colour) : "") +
    (withheld === undefined ? "" : frame(0, TITLE, side, side, colour)) +
    probabilityBar(0, TITLE + side, side, probability, colour) +
    text(0, foot, share, { size: SIZE.remark, weight: 600, fill: colour }) +
    (verdict === "wrong"
      ? text(side, foot, fitText(`actually ${actual}`, SIZE.remark, room), {
        size: SIZE.remark,
        anchor: "end",
      })
      : "") +
    (path === undefined ? "" : text(0, foot + NAME, fitPath(path, SIZE.label, side), {
      fill: COLOUR.muted,
    }));
}

function verdictOf({ predicted, actual, withheld }: PredictionTile): Verdict {
  if (actual === undefined || withheld !== undefined) return "unknown";
  return actual === predicted ? "right" : "wrong";
}

function summary(tiles: PredictionTile[]): string {
  const verdicts = tiles.map(verdictOf);
  const known = verdicts.filter((verdict) => verdict !== "unknown").length;
  const right = verdicts.filter((verdict) => verdict === "right").length;
  if (known > 0) return `${right} of ${known} correct`;
  return counted(tiles.length, "photo");
}
