import {
  DATASET_FILES,
  DATASET_SCHEMA,
  type DatasetIndex,
  type Part,
  type Photo,
  type Quarantined,
  SPLITS,
} from "./dataset_index.ts";
import { decodeInOrder, type DecodeOptions } from "./decode_in_order.ts";
import { type Examined, examinedFrom } from "./examined.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { type Forecast, forecastPacks } from "./forecast.ts";
import { PHOTO_EXTENSIONS, type Sample } from "./image_folder.ts";
import type { KeptPhotos } from "./kept_photos.ts";
import { nearDuplicates } from "./near_duplicates.ts";
import { PackWriter } from "./pack.ts";
import type { StartProcess } from "./process_pool.ts";
import { checkNotEmpty, listSplits, listTest } from "./splits.ts";

/** How to build a dataset. */
export interface BuildOptions {
  /** How many photos are decoded side by side; one a core unless given. The result is the same. */
  workers?: number;
  /** Starts processes in which photos are decoded, as they may be of strangers; else workers do it. */
  start?: StartProcess;
  /** Photos that were decoded before. */
  kept?: KeptPhotos;
  /** Milliseconds that a photo may take; a minute unless given. */
  patience?: number;
  /** Turn photos upright by their EXIF data; the tutorial does not. */
  exifOrientation?: boolean;
  /** Groups of photos by their paths below the folder. */
  groups?: Readonly<Record<string, string>>;
  /** Write down which photos show the same, or nearly so. */
  alike?: boolean;
  /** Make photos smaller where their shorter side is longer. */
  shortSide?: number;
  /** Called before the first photo, where there are many. */
  onForecast?: (forecast: Forecast) => void;
  /** Called before each photo, with its path. */
  at?: (path: string) => void;
  /** Called after each photo. */
  progress?: (done: number, total: number) => void;
  /** Called for each photo file, with what its examination says or why it was refused. */
  onExamined?: (examined: Examined) => void;
  /** Called for each file that is left out. */
  onQuarantine?: (quarantined: Quarantined) => void;
  signal?: AbortSignal;
}

/**
 * Decodes every photo of `photosFolder` (`train/CLASS/…` and `val/CLASS/…`) once and writes to
 * `outputFolder` the packs of raw RGB, `quarantine.json`, and last `dataset.json`. Files that are no
 * photos, or cannot be decoded, are quarantined with a reason. Memory does not grow with the number
 * of photos; disk space is three bytes a pixel that is kept.
 *
 * The process needs to read `photosFolder` and this folder of source files, and to write
 * `outputFolder`.
 *
 * @throws {Error} when there are fewer than two classes, a class of train or all of val is empty,
 *   val has a class that train has not, or the disk is full.
 */
export async function buildDataset(
  photosFolder: string,
  outputFolder: string,
  options: BuildOptions = {},
): Promise<DatasetIndex> {
  const lists = await listSplits(photosFolder);
  const { classes } = lists;
  for (const split of SPLITS) checkNotEmpty(photosFolder, split, classes, lists.samples[split]);
  const packing = new Packing(photosFolder, outputFolder, options);
  packing.leaveOutUnnamed(lists.ignored);
  packing.total = SPLITS.reduce((sum, split) => sum + lists.samples[split].length, 0);
  await packing.forecast(SPLITS.flatMap((split) => lists.samples[split]));
  for (const split of SPLITS) {
    const kept = await packing.pack(split, lists.samples[split], classes);
    checkNotEmpty(photosFolder, split, classes, kept, packing.quarantine);
  }
  return await packing.writeIndex(classes);
}

/**
 * Decodes every photo of `test/CLASS/…` and packs it apart, as `buildDataset` does the others; without
 * such a folder the dataset that is written is empty.
 *
 * @param classes of the dataset that models are taught by
 * @throws {Error} when test has a class that is none of these, no photo of it can be used, or the
 *   disk is full
 */
export async function buildTest(
  photosFolder: string,
  outputFolder: string,
  classes: readonly string[],
  options: BuildOptions = {},
): Promise<DatasetIndex> {
  const { samples, ignored } = await listTest(photosFolder, classes);
  const packing = new Packing(photosFolder, outputFolder, options);
  packing.leaveOutUnnamed(ignored);
  packing.total = samples.length;
  const kept = await packing.pack("test", samples, classes);
  if (samples.length > 0) checkNotEmpty(photosFolder, "test", classes, kept, packing.quarantine);
  return await packing.writeIndex(classes);
}

/** Photos on their way into packs, and what is left out on it. */
class Packing {
  readonly quarantine: Quarantined[] = [];
  /** Photos that there are to pack. */
  total = 0;
  #done = 0;
  readonly #photos: Photo[] = [];
  readonly #fingerprints: Fingerprint[] = [];

  constructor(
    private readonly photosFolder: string,
    private readonly outputFolder: string,
    private readonly options: BuildOptions,
  ) {}

  /** How photos are decoded. */
  get #wanted(): DecodeOptions {
    const { workers = navigator.hardwareConcurrency, exifOrientation = false, ...options } =
      this.options;
    const { start, kept, patience, shortSide, alike, onExamined, signal } = options;
    return {
      ...{ workers, start, kept, patience, exifOrientation, shortSide, signal },
      examine: onExamined !== undefined || alike,
    };
  }

  leaveOutUnnamed(paths: readonly string[]): void {
    for (const path of paths) {
      this.#leaveOut(
        path,
        `not a photo by its name: taken are ${PHOTO_EXTENSIONS.join(" ")}`,
      );
    }
  }

  /** Says what packing these photos will take, where they are many. */
  async forecast(samples: readonly Sample[]): Promise<void> {
    const { onForecast } = this.options;
    if (!onForecast) return;
    const paths = samples.map(({ path }) => `${this.photosFolder}/${path}`);
    const forecast = await forecastPacks(paths, this.#wanted);
    if (forecast) onForecast(forecast);
  }

  /** Decodes the photos of a split into its pack. @returns those that could be */
  async pack(
    split: Part,
    samples: readonly Sample[],
    classes: readonly string[],
  ): Promise<Photo[]> {
    const { options } = this;
    const kept: Photo[] = [];
    const paths = samples.map(({ path }) => `${this.photosFolder}/${path}`);
    const decoded = decodeInOrder(paths, this.#wanted);
    const pack = await PackWriter.create(`${this.outputFolder}/${DATASET_FILES.pack(split)}`);
    try {
      for (const { path, label } of samples) {
        options.at?.(path);
        const result = (await decoded.next()).value!;
        options.onExamined?.(examinedFrom(path, { split, className: classes[label] }, result));
        if ("refusal" in result) {
          this.#leaveOut(path, result.refusal);
        } else {
          const { width, height, sha256, data, examination } = result;
          const group = options.groups?.[path];
          kept.push({
            ...{ path, split, label, ...(group !== undefined && { group }) },
            ...{ width, height, sha256, offset: pack.length },
          });
          if (options.alike) this.#fingerprints.push(examination!.fingerprint);
          await pack.append(data);
        }
        options.progress?.(++this.#done, this.total);
      }
    } finally {
      await decoded.return(undefined);
      pack.close();
    }
    this.#photos.push(...kept);
    return kept;
  }

  async writeIndex(classes: readonly string[]): Promise<DatasetIndex> {
    for (const group of nearDuplicates(this.#fingerprints)) {
      for (const i of group) this.#photos[i].alike = this.#photos[group[0]].path;
    }
    const index: DatasetIndex = {
      schema: DATASET_SCHEMA,
      classes: [...classes],
      exifOrientation: this.options.exifOrientation ?? false,
      ...(this.options.shortSide && { shortSide: this.options.shortSide }),
      photos: this.#photos,
    };
    await writeJson(`${this.outputFolder}/${DATASET_FILES.quarantine}`, this.quarantine);
    await writeJson(`${this.outputFolder}/${DATASET_FILES.index}`, index);
    return index;
  }

  #leaveOut(path: string, reason: string): void {
    this.quarantine.push({ path, reason });
    this.options.onQuarantine?.({ path, reason });
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value, null, 1) + "\n");
}
