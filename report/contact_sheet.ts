import type { RgbImage } from "../data/image.ts";
import { HEADING, heading } from "./heading.ts";
import { photo } from "./photo.ts";
import { rasterise } from "./rasterise.ts";
import { COLOUR, MARGIN, SIZE } from "./style.ts";
import { box, type Picture, picture, rect, text } from "./svg.ts";
import { fitPath, fitText } from "./text.ts";

/** A file on the sheet; without an image, it could not be read. */
export interface SheetTile {
  image?: RgbImage;
  /** Its class, or whatever folder it lies in. */
  folder: string;
  caption: string;
  /** Which of the groups it belongs to, where files belong together. */
  group?: number;
}

/** What is said of some files, and the files. */
export interface SheetSection {
  severity: "error" | "warning" | "note";
  title: string;
  remark: string;
  tiles: SheetTile[];
  /** Of all the files there are; the tiles may be fewer. */
  total: number;
}

const ACROSS = 7;
const SIDE = 128;
const GAP = 14;
const CAPTION = 40;
/** About the tiles of a group. */
const EDGE = 5;
const SECTION_HEAD = 52;
const SECTION_GAP = 28;
const WIDTH = 2 * MARGIN + ACROSS * SIDE + (ACROSS - 1) * GAP;

const SEVERITY_COLOUR = {
  error: COLOUR.wrong,
  warning: "#a86400",
  note: COLOUR.neutral,
};

/**
 * Draws the photos that something is said of, below what is said.
 * @throws {RangeError} without sections
 */
export function drawContactSheet(
  sections: readonly SheetSection[],
  { title, remark }: { title: string; remark: string },
): Picture {
  if (sections.length === 0) {
    throw new RangeError("a contact sheet of nothing is no picture: give at least one section");
  }
  let y = MARGIN + HEADING;
  const drawn = sections.map((section) => {
    const height = SECTION_HEAD + Math.ceil(section.tiles.length / ACROSS) * (SIDE + CAPTION + GAP);
    const part = box(0, y, WIDTH, height, drawSection(section));
    y += height + SECTION_GAP;
    return part;
  });
  return picture(WIDTH, y, title, heading(WIDTH, title, remark) + drawn.join(""), "photos");
}

/** `drawContactSheet` as PNG. */
export async function contactSheet(
  sections: readonly SheetSection[],
  heading: { title: string; remark: string },
): Promise<Uint8Array<ArrayBuffer>> {
  return await rasterise(drawContactSheet(sections, heading));
}

function drawSection({ severity, title, remark, tiles, total }: SheetSection): string {
  const colour = SEVERITY_COLOUR[severity];
  const more = total > tiles.length ? ` Shown: ${tiles.length} of ${total}.` : "";
  const room = WIDTH - 2 * MARGIN - 14;
  const head = rect(MARGIN, 2, 5, 36, colour, 2) +
    text(MARGIN + 14, 15, fitText(`${severity}: ${title}`, SIZE.heading, room), {
      size: SIZE.heading,
      weight: 600,
    }) +
    text(MARGIN + 14, 35, fitText(remark + more, SIZE.remark, room), {
      size: SIZE.remark,
      fill: COLOUR.muted,
    });
  const at = (i: number): [x: number, y: number] => [
    MARGIN + (i % ACROSS) * (SIDE + GAP),
    SECTION_HEAD + Math.floor(i / ACROSS) * (SIDE + CAPTION + GAP),
  ];
  const drawn = tiles.map((tile, i) => box(...at(i), SIDE, SIDE + CAPTION, drawTile(tile)));
  return head + drawGroups(tiles, at) + drawn.join("");
}

/** A ground under the tiles of each group, broken where a row ends. */
function drawGroups(tiles: SheetTile[], at: (i: number) => [x: number, y: number]): string {
  let drawn = "";
  for (let first = 0; first < tiles.length; first++) {
    const { group } = tiles[first];
    if (group === undefined) continue;
    let last = first;
    while ((last + 1) % ACROSS !== 0 && tiles[last + 1]?.group === group) last++;
    const [x, y] = at(first);
    const width = at(last)[0] - x + SIDE + 2 * EDGE;
    drawn += rect(x - EDGE, y - EDGE, width, SIDE + CAPTION + EDGE, COLOUR.track, 6);
    first = last;
  }
  return drawn;
}

function drawTile({ image, folder, caption }: SheetTile): string {
  const shown = image ? photo(image, 0, 0, SIDE, SIDE) : rect(0, 0, SIDE, SIDE, COLOUR.track) +
    text(SIDE / 2, SIDE / 2 + 4, "cannot be read", {
      size: SIZE.label,
      anchor: "middle",
      fill: COLOUR.muted,
    });
  return shown +
    text(0, SIDE + 16, fitPath(folder, SIZE.label, SIDE), { weight: 600 }) +
    text(0, SIDE + 32, fitText(caption, SIZE.label, SIDE), { fill: COLOUR.muted });
}
