/** What is unusual about the pictures themselves. */
import type { Examined } from "../examined.ts";
import type { Preprocessing } from "../preprocess.ts";
import { percent } from "../statistics/percent.ts";
import { type Finding, photosAre } from "./finding.ts";
import { qualityFindings } from "./quality_findings.ts";

export interface Viewing extends Pick<Preprocessing, "resize" | "size"> {
  /** Whether photos are turned upright by their EXIF data. */
  exifOrientation: boolean;
}

/** Longer side over shorter from which on the central crop loses much. */
const ELONGATED = 2;
/** Largest difference of colour channels in a grey photo: JPEG makes a little. */
const GREY = 6;
/** Difference of two classes' shares of grey photos by which a model could tell them apart. */
const SHORTCUT = 0.5;
const ENOUGH = 5;

export function pictureFindings(files: readonly Examined[], viewing: Viewing): Finding[] {
  const photos = files.flatMap(({ path, className, photo }) =>
    photo ? [{ path, className, ...photo }] : []
  );
  const { resize, size, exifOrientation } = viewing;
  const small = photos.filter(({ width, height }) => Math.min(width, height) < size / 2);
  const aspect = ({ width, height }: { width: number; height: number }) =>
    Math.max(width, height) / Math.min(width, height);
  const elongated = photos.filter((photo) => aspect(photo) >= ELONGATED);
  const seen = Math.min(...elongated.map((photo) => (size / resize) ** 2 / aspect(photo)));
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
    ...about(
      "elongated",
      "warning",
      elongated,
      `at least ${ELONGATED} times as long as wide: of the most extreme one, the central crop that ` +
        `a model sees holds ${percent(seen, 0)}`,
      "Crop them to what matters.",
    ),
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
