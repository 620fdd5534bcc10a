import type { RgbImage } from "../data/image.ts";
import { gridOf } from "./grid.ts";
import { heading } from "./heading.ts";
import { photo } from "./photo.ts";
import { rasterise } from "./rasterise.ts";
import { SIZE } from "./style.ts";
import { box, type Picture, picture, text } from "./svg.ts";
import { fitText } from "./text.ts";

/** Height of a tile's title above its photo. */
const CAPTION = 24;

/** One photo of a batch. */
export interface BatchTile {
  image: RgbImage;
  /** Its class. */
  title: string;
}

/** How a batch is shown. */
export interface BatchGridOptions {
  /** Default: "Training batch". */
  title?: string;
  /** Default: as many as make the grid about half as high as wide, at most 8. */
  columns?: number;
}

/**
 * Draws the tutorial's training batch: what the network is given, after augmentation, each photo
 * below its class.
 * @throws {RangeError} without tiles
 */
export function drawBatchGrid(tiles: BatchTile[], options: BatchGridOptions = {}): Picture {
  const { title = "Training batch", columns = columnsFor(tiles.length) } = options;
  const grid = gridOf(tiles.length, columns, CAPTION);
  const drawn = tiles.map((tile, index) => {
    const [x, y] = grid.at(index);
    const name = fitText(tile.title, SIZE.heading, grid.side);
    return box(
      x,
      y,
      grid.side,
      CAPTION + grid.side,
      text(0, 14, name, { size: SIZE.heading, weight: 600 }) +
        photo(tile.image, 0, CAPTION, grid.side, grid.side),
    );
  });
  const remark = tiles.length === 1
    ? "1 photo as the network is given it"
    : `${tiles.length} photos as the network is given them`;
  return picture(
    grid.width,
    grid.height,
    title,
    heading(grid.width, title, remark) + drawn.join(""),
    "photos",
  );
}

/** `drawBatchGrid` as PNG. */
export async function batchGrid(
  tiles: BatchTile[],
  options?: BatchGridOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  return await rasterise(drawBatchGrid(tiles, options));
}

const columnsFor = (count: number) =>
  count <= 4 ? Math.max(1, count) : Math.min(8, Math.ceil(Math.sqrt(2 * count)));
