import * as v from "valibot";

/** The parts of a dataset that a model is made and chosen by. */
export const SPLITS = ["train", "val"] as const;
export type Split = typeof SPLITS[number];

/** All parts; test is packed apart, and what a model is made and chosen by never sees it. */
export const PARTS = [...SPLITS, "test"] as const;
export type Part = typeof PARTS[number];

/** Raised when the meaning of the files changes. */
export const DATASET_SCHEMA = 1;

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Side = v.pipe(v.number(), v.integer(), v.minValue(1));

const PhotoSchema = v.object({
  /** Relative to the folder of photos, with `/`. */
  path: v.string(),
  split: v.picklist(PARTS),
  /** Index into the classes. */
  label: Count,
  width: Side,
  height: Side,
  /** Photos that belong together have the same one; absent where nobody said so. */
  group: v.optional(v.string()),
  /** Photos that show the same, or nearly so, have the same one; absent of others, or if unasked. */
  alike: v.optional(v.string()),
  /** Of the photo's file. */
  sha256: v.string(),
  /** Of its pixels in the split's pack, in bytes. */
  offset: Count,
});

/** What `dataset.json` holds. */
export const DatasetIndexSchema = v.object({
  schema: v.literal(DATASET_SCHEMA),
  classes: v.array(v.string()),
  /** Whether photos were turned upright by their EXIF data. */
  exifOrientation: v.boolean(),
  /** The longest shorter side that was kept of a photo, where there was one. */
  shortSide: v.optional(Side),
  /** In ImageFolder's order, train before val; or those of test alone. */
  photos: v.array(PhotoSchema),
});

/** A photo as `dataset.json` lists it. */
export type Photo = v.InferOutput<typeof PhotoSchema>;
export type DatasetIndex = v.InferOutput<typeof DatasetIndexSchema>;

/** A file that was left out, as `quarantine.json` lists it. */
export interface Quarantined {
  /** Relative to the folder of photos, with `/`. */
  path: string;
  reason: string;
}

/** Bytes of a photo's pixels. */
export function photoBytes({ width, height }: Pick<Photo, "width" | "height">): number {
  return width * height * 3;
}

/** Names of the files in a dataset's folder. */
export const DATASET_FILES = {
  index: "dataset.json",
  quarantine: "quarantine.json",
  pack: (split: Part) => `${split}.pack`,
} as const;
