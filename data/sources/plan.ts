/** Which files of a source become which photos. */
import { compareCodePoints, hasImageExtension } from "../image_folder.ts";
import type { SplitCounts } from "./source_info.ts";

export type Split = "train" | "val";

/** A file of the source and what it becomes. */
export interface PlannedFile {
  /** Its path in the source, with `/`. */
  from: string;
  split: Split;
  className: string;
  /** Below the class folder, with `/`. */
  file: string;
}

export interface Plan {
  files: PlannedFile[];
  /** Whether the division into train and val is ours, not the source's. */
  divided?: true;
  /** What was decided or left out, for a person. */
  note?: string;
}

/** Where a file goes, below the folder of photos. */
export function targetOf({ split, className, file }: PlannedFile): string {
  return `${split}/${className}/${file}`;
}

export function countPhotos({ files }: Plan): SplitCounts {
  const photos = files.filter(({ file }) => hasImageExtension(file));
  const names = [...new Set(photos.map(({ className }) => className))].sort(compareCodePoints);
  const count = (split: Split) =>
    Object.fromEntries(names.map((name) => [
      name,
      photos.filter((photo) => photo.split === split && photo.className === name).length,
    ]));
  return { train: count("train"), val: count("val") };
}
