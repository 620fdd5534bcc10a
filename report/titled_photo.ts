import type { RgbImage } from "../data/image.ts";
import { percent } from "../data/statistics/percent.ts";
import { photo } from "./photo.ts";
import { checkImage } from "./png.ts";
import { rasterise } from "./rasterise.ts";
import { COLOUR, MARGIN, SIZE } from "./style.ts";
import { type Picture, picture, rect, text } from "./svg.ts";
import { fitText, textWidth } from "./text.ts";
import { probabilityBar } from "./verdict.ts";

/** Longest side of the photo, and narrowest room for its title. */
const LONGEST = 640;
const NARROWEST = 400;
/** Height of the title above the photo and of the bar below it. */
const TITLE = 34;
const BAR = 5;
/** A small photo is enlarged up to so many times. */
const ENLARGED = 4;

/** What was made of a photo. */
export interface Prediction {
  predicted: string;
  /** Of the predicted class, 0 to 1. */
  probability: number;
}

/** Draws a whole photo, of any proportions, below its prediction. */
export function drawTitledPhoto(image: RgbImage, { predicted, probability }: Prediction): Picture {
  const { width, height } = checkImage(image);
  const scale = Math.min(ENLARGED, LONGEST / Math.max(width, height));
  // Even, so that the photo begins and ends where image pixels do.
  const even = (length: number) => Math.max(2, 2 * Math.round(length * scale / 2));
  const shown = { width: even(width), height: even(height) };
  const across = Math.max(NARROWEST, shown.width);
  const share = percent(probability);
  const room = across - textWidth(share, SIZE.title) - 16;
  return picture(
    across + 2 * MARGIN,
    TITLE + shown.height + BAR + 2 * MARGIN,
    `predicted: ${predicted}, ${share}`,
    text(MARGIN, MARGIN + 17, fitText(`predicted: ${predicted}`, SIZE.title, room), {
      size: SIZE.title,
      weight: 600,
    }) +
      text(MARGIN + across, MARGIN + 17, share, {
        size: SIZE.title,
        weight: 600,
        fill: COLOUR.neutral,
        anchor: "end",
      }) +
      rect(MARGIN, MARGIN + TITLE, across, shown.height, COLOUR.track) +
      photo(image, MARGIN + (across - shown.width) / 2, MARGIN + TITLE, shown.width, shown.height) +
      probabilityBar(MARGIN, MARGIN + TITLE + shown.height, across, probability, COLOUR.neutral),
    "photos",
  );
}

/** `drawTitledPhoto` as PNG. */
export async function titledPhoto(
  image: RgbImage,
  prediction: Prediction,
): Promise<Uint8Array<ArrayBuffer>> {
  return await rasterise(drawTitledPhoto(image, prediction));
}
