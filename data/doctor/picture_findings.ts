/** What is unusual about the pictures themselves. */
import type { Examined } from "../examined.ts";
import type { View } from "../fit.ts";
import { percent } from "../statistics/percent.ts";
import { type Finding, photosAre } from "./finding.ts";
import { qualityFindings } from "./quality_findings.ts";

/** How photos are looked at. */
export interface Viewing extends Pick<View, "fit" | "resize" | "size"> {
  /** Whether photos are turned upright by their EXIF data. */
  exifOrientation: boolean;
}

/** Longer side over shorter from which on the central crop loses much. */
const ELONGATED = 2;
/** Of the photos' area, on average: what a crop may leave out of them without being much. */
const CUT_OFF = 0.5;
/** Largest difference of colour channels in a grey photo: JPEG makes a little. */
const GREY = 6;
/** Difference of two classes' shares of grey photos by which a model could tell them apart. */
const SHORTCUT = 0.5;
const ENOUGH = 5;

export function pictureFindings(files: readonly Examined[], viewing: Viewing): Finding[] {
  const photos = files.flatMap(({ path, className, photo }) =>
    photo ? [{ path, className, ...photo }] : []
  );
  const { fit = "crop", size, exifOrientation } = viewing;
  const small = photos.filter(({ width, height }) => Math.min(width, height) < size / 2);
  const elongated = photos.filter((photo) => aspect(photo) >= ELONGATED);
  const seen = Math.min(...elongated.map((photo) => 1 - shareCutOff([photo], viewing)));
  const turned = photos.filter(({ encoding }) => encoding.orientation !== 1);
  const printing = photos.filter(({ encoding }) => encoding.cmyk);
  const deep = photos.filter(({ encoding }) => encoding.bits > 8);
  const animated = photos.filter(({ encoding }) => encoding.animated);
  const about = (
    kind: Finding["kind"],
    severity: Finding["severity"],
    which: readonly { path: string }[],
    title: string,
    remedy: string,
  ): Finding[] =>
    which.length === 0 ? [] : [{
      kind,
      severity,
      title: `${photosAre(which.length)} ${title}`,
      remedy,
      files: which.map(({ path }) => path),
    }];
  return [
    ...about(
      "small",
      "warning",
      small,
      `smaller than ${size / 2} pixels on a side, and enlarged to ${size}`,
      "Use the originals, not thumbnails.",
    ),
    ...fit === "crop"
      ? [
        ...about(
          "elongated",
          "warning",
          elongated,
          `at least ${ELONGATED} times as long as wide: of the most extreme one, the central crop ` +
            `that a model sees holds ${percent(seen, 0)}`,
          "Crop them to what matters, or try --fit pad, by which a model sees photos whole.",
        ),
        ...cutOff(shareCutOff(photos, viewing)),
      ]
      : [],
    ...fit === "squash"
      ? about(
        "elongated",
        "warning",
        elongated,
        `at least ${ELONGATED} times as long as wide, and squashed to a square`,
        "Keep their proportions with --fit pad where shapes tell classes apart.",
      )
      : [],
    ...qualityFindings(photos),
    ...about(
      "exif_rotated",
      "note",
      turned,
      exifOrientation
        ? "turned upright as the camera's EXIF data say"
        : "not turned upright, though EXIF data say so: these photos are read as torchvision does",
      "Nothing.",
    ),
    ...greyscale(photos),
    ...about(
      "cmyk",
      "note",
      printing,
      "in printing colours (CMYK), converted without their colour profile",
      "Save them as RGB where colours matter.",
    ),
    ...about(
      "sixteen_bit",
      "note",
      deep,
      "of 16 bits a colour, of which the upper 8 are used",
      "Nothing.",
    ),
    ...about(
      "animated",
      "note",
      animated,
      "animated or of several pages: the first frame is used",
      "Save the frame that shows the class as a photo of its own.",
    ),
  ];
}

/**
 * What the central crop leaves out of photos: a share of their area, on average.
 * @returns 0 for photos that are seen whole, and of none
 */
export function shareCutOff(
  photos: readonly { width: number; height: number }[],
  { fit = "crop", resize, size }: Viewing,
): number {
  if (fit !== "crop" || photos.length === 0) return 0;
  const seen = photos.reduce((sum, photo) => sum + (size / resize) ** 2 / aspect(photo), 0);
  return 1 - seen / photos.length;
}

/** Longer side over shorter. */
const aspect = ({ width, height }: { width: number; height: number }) =>
  Math.max(width, height) / Math.min(width, height);

function cutOff(share: number): Finding[] {
  if (share < CUT_OFF) return [];
  return [{
    kind: "cut_off",
    severity: "warning",
    title: `the central crop that a model sees leaves out ${percent(share, 0)} of the photos' area`,
    remedy: "Where what matters may lie near the edges, try --fit pad, by which a model sees all.",
    files: [],
  }];
}

/** Grey photos among coloured ones; a shortcut where classes differ in how many they have. */
function greyscale(
  photos: readonly { path: string; className?: string; fingerprint: { colourfulness: number } }[],
): Finding[] {
  const isGrey = (photo: typeof photos[number]) => photo.fingerprint.colourfulness <= GREY;
  const grey = photos.filter(isGrey);
  if (grey.length === 0) return [];
  const shares = Object.entries(Object.groupBy(photos, ({ className = "" }) => className))
    .map(([name, all]) => ({ name, share: all!.filter(isGrey).length / all!.length }))
    .sort((a, b) => b.share - a.share);
  const [most, least] = [shares[0], shares.at(-1)!];
  const all = grey.length === photos.length;
  const shortcut = grey.length >= ENOUGH && most.share - least.share >= SHORTCUT;
  return [{
    kind: "greyscale",
    severity: shortcut ? "warning" : "note",
    title: all ? "all photos are grey" : `${photosAre(grey.length)} grey` +
      (shortcut
        ? `: ${percent(most.share, 0)} of ${most.name}, ${
          percent(least.share, 0)
        } of ${least.name}; a ` +
          "model can tell these by colour alone"
        : ", the others have colour"),
    remedy: shortcut
      ? "Give every class photos of both kinds, or make all of them grey."
      : "Nothing; ask for photos of the same kind when predicting.",
    files: all ? [] : grey.map(({ path }) => path),
  }];
}
