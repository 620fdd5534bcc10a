/** Which files of a source become which photos. */
import { compareCodePoints, hasImageExtension } from "../image_folder.ts";
import type { Part } from "../dataset_index.ts";
import type { SplitCounts } from "./source_info.ts";

/** A file of the source and what it becomes. */
export interface PlannedFile {
  /** Its path in the source, with `/`. */
  from: string;
  /** Where a list says the classes: the path that a data set of folders would have. */
  listed?: string;
  split: Part;
  className: string;
  /** Below the class folder, with `/`. */
  file: string;
}

export interface Plan {
  files: PlannedFile[];
  /** What was decided or left out, for a person. */
  notes: string[];
  /** Where dividing them is our doing and not the source's: into how many parts, and in words. */
  divided?: { into: 2 | 3; words: string };
}

/** What a person should know of a plan; undefined where there is nothing. */
export function noteOf({ notes, divided }: Pick<Plan, "notes" | "divided">): string | undefined {
  return [...notes, ...divided ? [divided.words] : []].join("; ") || undefined;
}

/** Where a file goes, below the folder of photos. */
export function targetOf({ split, className, file }: PlannedFile): string {
  return `${split}/${className}/${file}`;
}

export function countPhotos({ files }: Pick<Plan, "files">): SplitCounts {
  const photos = files.filter(({ file }) => hasImageExtension(file));
  const names = [...new Set(photos.map(({ className }) => className))].sort(compareCodePoints);
  const count = (split: Part) =>
    Object.fromEntries(names.map((name) => [
      name,
      photos.filter((photo) => photo.split === split && photo.className === name).length,
    ]));
  const hasTest = photos.some(({ split }) => split === "test");
  return {
    train: count("train"),
    val: count("val"),
    ...(hasTest && { test: count("test") }),
  };
}
