import {
  DATASET_FILES,
  DATASET_SCHEMA,
  type DatasetIndex,
  type Photo,
  type Quarantined,
  SPLITS,
} from "./dataset_index.ts";
import { decodeInOrder } from "./decode_pool.ts";
import { type Examined, examinedFrom } from "./examined.ts";
import { type Forecast, forecastPacks } from "./forecast.ts";
import { PHOTO_EXTENSIONS } from "./image_folder.ts";
import { PackWriter } from "./pack.ts";
import { checkNotEmpty, listSplits } from "./splits.ts";

/** How to build a dataset. */
export interface BuildOptions {
  /** Decoding workers; one a core unless given. The result is the same for any number. */
  workers?: number;
  /** Turn photos upright by their EXIF data; the tutorial does not. */
  exifOrientation?: boolean;
  /** Make photos smaller where their shorter side is longer. */
  shortSide?: number;
  /** Called before the first photo, where there are many. */
  onForecast?: (forecast: Forecast) => void;
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
  const quarantine: Quarantined[] = [];
  const leaveOut = (path: string, reason: string) => {
    quarantine.push({ path, reason });
    options.onQuarantine?.({ path, reason });
  };
  for (const path of lists.ignored) {
    leaveOut(path, `not a photo by its name: taken are ${PHOTO_EXTENSIONS.join(" ")}`);
  }

  const total = SPLITS.reduce((sum, split) => sum + lists.samples[split].length, 0);
  const workers = options.workers ?? navigator.hardwareConcurrency;
  const { exifOrientation = false, shortSide, signal } = options;
  if (options.onForecast) {
    const paths = SPLITS.flatMap((split) => lists.samples[split])
      .map(({ path }) => `${photosFolder}/${path}`);
    const forecast = await forecastPacks(paths, { exifOrientation, shortSide }, workers);
    if (forecast) options.onForecast(forecast);
  }
  const photos: Photo[] = [];
  let done = 0;
  for (const split of SPLITS) {
    const samples = lists.samples[split];
    const decoded = decodeInOrder(samples.map(({ path }) => `${photosFolder}/${path}`), {
      workers,
      exifOrientation,
      shortSide,
      examine: options.onExamined !== undefined,
      signal,
    });
    const pack = await PackWriter.create(`${outputFolder}/${DATASET_FILES.pack(split)}`);
    try {
      for (const { path, label } of samples) {
        const result = (await decoded.next()).value!;
        options.onExamined?.(examinedFrom(path, { split, className: classes[label] }, result));
        if ("refusal" in result) {
          leaveOut(path, result.refusal);
        } else {
          const { width, height, sha256, data } = result;
          photos.push({ path, split, label, width, height, sha256, offset: pack.length });
          await pack.append(data);
        }
        options.progress?.(++done, total);
      }
    } finally {
      await decoded.return(undefined);
      pack.close();
    }
    const kept = photos.filter((photo) => photo.split === split);
    checkNotEmpty(photosFolder, split, classes, kept, quarantine);
  }

  const index: DatasetIndex = {
    schema: DATASET_SCHEMA,
    classes,
    exifOrientation,
    ...(shortSide && { shortSide }),
    photos,
  };
  await writeJson(`${outputFolder}/${DATASET_FILES.quarantine}`, quarantine);
  await writeJson(`${outputFolder}/${DATASET_FILES.index}`, index);
  return index;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value, null, 1) + "\n");
}
