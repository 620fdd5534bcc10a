import { type Quarantined, type Split, SPLITS } from "./dataset_index.ts";
import { listImageFolder, type Sample } from "./image_folder.ts";

/** The photos of both splits. */
export interface SplitLists {
  classes: string[];
  /** Paths relative to the folder of photos; labels of train's classes. */
  samples: Record<Split, Sample[]>;
  ignored: string[];
}

/**
 * Lists `train/` and `val/` of a folder; train says what the classes are.
 * @throws {Error} when a folder cannot be read, there are fewer than two classes, or val has others.
 */
export async function listSplits(photosFolder: string): Promise<SplitLists> {
  const [train, val] = await Promise.all(
    SPLITS.map((split) => listImageFolder(`${photosFolder}/${split}`)),
  );
  const { classes } = train;
  if (classes.length < 2) {
    throw new Error(
      `${photosFolder}/train has the class ${classes[0]} alone: telling apart needs at least two`,
    );
  }
  const unknown = val.classes.filter((name) => !classes.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `${photosFolder}/val has classes that train has not: ${unknown.join(", ")}; ` +
        `train has ${classes.join(", ")}`,
    );
  }
  const relabel = ({ path, label }: Sample) => ({
    path: `val/${path}`,
    label: classes.indexOf(val.classes[label]),
  });
  return {
    classes,
    samples: {
      train: train.samples.map(({ path, label }) => ({ path: `train/${path}`, label })),
      val: val.samples.map(relabel),
    },
    ignored: [
      ...train.ignored.map((path) => `train/${path}`),
      ...val.ignored.map((path) => `val/${path}`),
    ],
  };
}

/**
 * Checks what is there of a split, before its photos are decoded and after.
 * @throws {Error} when a class of train, or all of val, is empty.
 */
export function checkNotEmpty(
  photosFolder: string,
  split: Split,
  classes: string[],
  kept: readonly { label: number }[],
  quarantine: readonly Quarantined[] = [],
): void {
  const labels = new Set(kept.map(({ label }) => label));
  // A class that val lacks is merely not measured.
  const empty = split === "val"
    ? (labels.size === 0 ? "val" : undefined)
    : classes.map((name) => `train/${name}`).find((_, label) => !labels.has(label));
  if (empty === undefined) return;
  const first = quarantine.find(({ path }) => path.startsWith(`${empty}/`));
  const why = first ? `; for instance ${first.path}: ${first.reason}` : "";
  throw new Error(`${photosFolder}/${empty} has no photo that can be used${why}`);
}
