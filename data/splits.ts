import { type Part, type Quarantined, type Split, SPLITS } from "./dataset_index.ts";
import { type ImageFolder, listImageFolder, type Sample } from "./image_folder.ts";

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
  const relabel = relabeling(photosFolder, "val", val.classes, classes);
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
 * Lists `test/` of a folder, which may lack it; train says what the classes are.
 * @throws {Error} when it cannot be read, or has classes that train has not
 */
export async function listTest(
  photosFolder: string,
  classes: readonly string[],
): Promise<Pick<ImageFolder, "samples" | "ignored">> {
  const root = `${photosFolder}/test`;
  const isThere = await Deno.stat(root).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
  if (!isThere) return { samples: [], ignored: [] };
  const test = await listImageFolder(root);
  return {
    samples: test.samples.map(relabeling(photosFolder, "test", test.classes, classes)),
    ignored: test.ignored.map((path) => `test/${path}`),
  };
}

/**
 * From labels of a part's own classes to those of train's, and from paths in the part to all photos'.
 * @throws {Error} when the part has a class that train has not
 */
function relabeling(
  photosFolder: string,
  part: Part,
  own: readonly string[],
  classes: readonly string[],
): (sample: Sample) => Sample {
  const unknown = own.filter((name) => !classes.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `${photosFolder}/${part} has classes that train has not: ${unknown.join(", ")}; ` +
        `train has ${classes.join(", ")}. Add photos of them to train, or remove them from ${part}`,
    );
  }
  return ({ path, label }) => ({ path: `${part}/${path}`, label: classes.indexOf(own[label]) });
}

/**
 * Checks what is there of a split, before its photos are decoded and after.
 * @throws {Error} when a class of train, or all of val or test, is empty.
 */
export function checkNotEmpty(
  photosFolder: string,
  split: Part,
  classes: readonly string[],
  kept: readonly { label: number }[],
  quarantine: readonly Quarantined[] = [],
): void {
  const labels = new Set(kept.map(({ label }) => label));
  // A class that val or test lacks is merely not measured.
  const empty = split !== "train"
    ? (labels.size === 0 ? split : undefined)
    : classes.map((name) => `train/${name}`).find((_, label) => !labels.has(label));
  if (empty === undefined) return;
  const first = quarantine.find(({ path }) => path.startsWith(`${empty}/`));
  const why = first ? `; for instance ${first.path}: ${first.reason}` : "";
  throw new Error(`${photosFolder}/${empty} has no photo that can be used${why}`);
}
