import * as v from "valibot";

/** The parts of a dataset that a model is made and chosen by. */
export const SPLITS = ["train", "val"] as const;
export type Split = typeof SPLITS[number];

/** All parts; test is packed apart, and what a model is made and chosen by never sees it. */
export const PARTS = [...SPLITS, "test"] as const;
export type Part = typeof PARTS[number];

/** Raised when the meaning of the files changes. */
export const DATASET_SCHEMA = 1;

/** A photo as `dataset.json` lists it. */
export interface Photo {
  /** Relative to the folder of photos, with `/`. */
  path: string;
  split: Part;
  /** Index into the classes. */
  label: number;
  width: number;
  height: number;
  /** Photos that belong together have the same one; absent where nobody said so. */
  group?: string;
  /** Photos that show the same, or nearly so, have the same one; absent of others, or if unasked. */
  alike?: string;
  /** Of the photo's file. */
  sha256: string;
  /** Of its pixels in the split's pack, in bytes. */
  offset: number;
}

/** What `dataset.json` holds. */
export interface DatasetIndex {
  schema: typeof DATASET_SCHEMA;
  classes: string[];
  /** Whether photos were turned upright by their EXIF data. */
  exifOrientation: boolean;
  /** The longest shorter side that was kept of a photo, where there was one. */
  shortSide?: number;
  /** In ImageFolder's order, train before val; or those of test alone. */
  photos: Photo[];
}

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Side = v.pipe(v.number(), v.integer(), v.minValue(1));

export const DatasetIndexSchema = v.object({
  schema: v.literal(DATASET_SCHEMA),
  classes: v.array(v.string()),
  exifOrientation: v.boolean(),
  shortSide: v.optional(Side),
  photos: v.array(v.object({
    path: v.string(),
    split: v.picklist(PARTS),
    label: Count,
    width: Side,
    height: Side,
    group: v.optional(v.string()),
    alike: v.optional(v.string()),
    sha256: v.string(),
    offset: Count,
  })),
}) satisfies v.GenericSchema<unknown, DatasetIndex>;

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
