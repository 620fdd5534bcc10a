import type { RgbImage } from "../data/image.ts";
import { gridOf } from "./grid.ts";
import { heading } from "./heading.ts";
import { counted, percent } from "../data/statistics/percent.ts";
import { photo } from "./photo.ts";
import { rasterise } from "./rasterise.ts";
import { SIZE } from "./style.ts";
import { box, type Picture, picture, text } from "./svg.ts";
import { fitText, textWidth } from "./text.ts";
import { frame, mark, probabilityBar, type Verdict, VERDICT_COLOUR } from "./verdict.ts";

/** Heights of a tile's title above its photo and of what stands below it. */
const TITLE = 28;
const FOOT = 32;

/** A photo and what was made of it. */
export interface PredictionTile {
  image: RgbImage;
  predicted: string;
  /** Of the predicted class, 0 to 1. */
  probability: number;
  /** The photo's class, where it is known. */
  actual?: string;
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
  const grid = gridOf(tiles.length, columns, TITLE + FOOT);
  const drawn = tiles.map((tile, index) => {
    const [x, y] = grid.at(index);
    return box(x, y, grid.side, TITLE + grid.side + FOOT, drawTile(tile, grid.side));
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
export async function predictionGrid(tiles: PredictionTile[], options: PredictionGridOptions) {
  return await rasterise(drawPredictionGrid(tiles, options));
}

function drawTile({ image, predicted, probability, actual }: PredictionTile, side: number): string {
  const verdict = verdictOf(predicted, actual);
  const colour = VERDICT_COLOUR[verdict];
  const marked = verdict !== "unknown";
  const title = fitText(`predicted: ${predicted}`, SIZE.heading, side - (marked ? 26 : 0));
  const share = percent(probability);
  const room = side - textWidth(share, SIZE.remark) - 12;
  const foot = TITLE + side + 24;
  return text(0, 17, title, { size: SIZE.heading, weight: 600 }) +
    (marked ? mark(side - 9, 12, verdict) : "") +
    photo(image, 0, TITLE, side, side) +
    (verdict === "wrong" ? frame(0, TITLE, side, side, colour) : "") +
    probabilityBar(0, TITLE + side, side, probability, colour) +
    text(0, foot, share, { size: SIZE.remark, weight: 600, fill: colour }) +
    (verdict === "wrong"
      ? text(side, foot, fitText(`actually ${actual}`, SIZE.remark, room), {
        size: SIZE.remark,
        anchor: "end",
      })
      : "");
}

function verdictOf(predicted: string, actual: string | undefined): Verdict {
  if (actual === undefined) return "unknown";
  return actual === predicted ? "right" : "wrong";
}

function summary(tiles: PredictionTile[]): string {
  const verdicts = tiles.map(({ predicted, actual }) => verdictOf(predicted, actual));
  const known = verdicts.filter((verdict) => verdict !== "unknown").length;
  const right = verdicts.filter((verdict) => verdict === "right").length;
  if (known > 0) return `${right} of ${known} correct`;
  return counted(tiles.length, "photo");
}
