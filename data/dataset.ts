import * as v from "valibot";
import {
  DATASET_FILES,
  type DatasetIndex,
  DatasetIndexSchema,
  type Part,
  type Photo,
  photoBytes,
  SPLITS,
} from "./dataset_index.ts";
import type { RgbImage } from "./image.ts";
import { PackReader } from "./pack.ts";

/** A built dataset: its classes, its photos, and their pixels. */
export class Dataset {
  readonly #index: DatasetIndex;
  readonly #photos: Record<Part, Photo[]>;
  readonly #packs = new Map<Part, PackReader>();

  /** Use `openDataset`, which checks. */
  constructor(readonly folder: string, index: DatasetIndex) {
    this.#index = index;
    const of = (split: Part) => index.photos.filter((photo) => photo.split === split);
    this.#photos = { train: of("train"), val: of("val"), test: of("test") };
  }

  /** Names of the classes; labels are indices into them. */
  get classes(): readonly string[] {
    return this.#index.classes;
  }

  /** Whether photos were turned upright by their EXIF data. */
  get exifOrientation(): boolean {
    return this.#index.exifOrientation;
  }

  /** The longest shorter side that was kept of a photo; undefined where all pixels were. */
  get shortSide(): number | undefined {
    return this.#index.shortSide;
  }

  /** The photos of a split, in ImageFolder's order. */
  photos(split: Part): readonly Photo[] {
    return this.#photos[split];
  }

  /** Where a split's pixels are. */
  packPath(split: Part): string {
    return `${this.folder}/${DATASET_FILES.pack(split)}`;
  }

  /**
   * The pixels of a photo.
   * @throws {RangeError} when the split has no photo of this index.
   */
  readPhoto(split: Part, index: number): RgbImage {
    const photo = this.#photos[split][index];
    if (!photo) {
      const count = this.#photos[split].length;
      throw new RangeError(`${split} has ${count} photos, none of index ${index}`);
    }
    let pack = this.#packs.get(split);
    if (!pack) this.#packs.set(split, pack = new PackReader(this.packPath(split)));
    return pack.read(photo.offset, photo.width, photo.height);
  }

  /** Closes the files; a photo read afterwards opens them again. */
  close(): void {
    for (const pack of this.#packs.values()) pack.close();
    this.#packs.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Opens what `buildDataset` wrote, or with `["test"]` what `buildTest` wrote; the process needs to read
 * the folder.
 * @throws {Error} when it is not whole: no or another `dataset.json`, packs of another length.
 */
export async function openDataset(
  folder: string,
  parts: readonly Part[] = SPLITS,
): Promise<Dataset> {
  const index = await readIndex(`${folder}/${DATASET_FILES.index}`);
  const dataset = new Dataset(folder, index);
  for (const split of parts) {
    let length = 0;
    for (const photo of dataset.photos(split)) {
      if (photo.offset !== length || photo.label >= index.classes.length) {
        throw damaged(`${folder}/${DATASET_FILES.index}`, `does not fit together at ${photo.path}`);
      }
      length += photoBytes(photo);
    }
    const { size } = await statPack(dataset.packPath(split));
    if (size !== length) {
      throw damaged(dataset.packPath(split), `has ${size} bytes instead of ${length}`);
    }
  }
  return dataset;
}

async function readIndex(path: string): Promise<DatasetIndex> {
  let json: unknown;
  try {
    json = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(path, `is no JSON (${error.message})`);
    if (error instanceof Deno.errors.NotFound) throw damaged(path, "does not exist");
    throw error;
  }
  const result = v.safeParse(DatasetIndexSchema, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw damaged(path, `is of another kind (${v.getDotPath(issue) ?? "."}: ${issue.message})`);
  }
  return result.output;
}

async function statPack(path: string): Promise<{ size: number }> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw damaged(path, "does not exist");
    throw error;
  }
}

function damaged(path: string, what: string): Error {
  return new Error(`${path} ${what}: the dataset is damaged, build it again`);
}
