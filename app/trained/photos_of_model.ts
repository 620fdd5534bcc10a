/** Which photos a model was made by, so that nobody takes them for new ones. */
import { type Dataset, openDataset } from "../../data/dataset.ts";
import { DATASET_FILES, SPLITS } from "../../data/dataset_index.ts";
import { sha256OfFile } from "../../data/download/digest.ts";
import type { LatestResults } from "./latest_results.ts";

export interface Seen {
  /**
   * Which part a photo is of, by its content and whatever its name: `train`, by which the model was
   * taught, or `val`, by which it was chosen; undefined for a photo that it never saw.
   */
  partOf(path: string): Promise<"train" | "val" | undefined>;
}

/**
 * @param training the step that made the model
 * @returns undefined where the photos that it was made by are not there any more
 */
export async function photosOfModel(
  results: LatestResults,
  training: string,
): Promise<Seen | undefined> {
  using dataset = await datasetOfModel(results, training, [DATASET_FILES.index]);
  if (!dataset) return undefined;
  const parts = new Map(
    SPLITS.toReversed().flatMap((split) =>
      dataset.photos(split).map(({ sha256 }) => [sha256, split] as const)
    ),
  );
  return { partOf: async (path) => parts.get(await sha256OfFile(path)) };
}

/**
 * @param training the step that made the model
 * @param files of the dataset that are read, which are seen to be as they were published
 * @returns undefined where the photos that it was made by are not there any more; to be closed
 */
export async function datasetOfModel(
  results: LatestResults,
  training: string,
  files: readonly string[],
): Promise<Dataset | undefined> {
  const trained = await results.of(training);
  const built = await results.ifWhole("build_datasets");
  const isTheirs = built &&
    trained?.manifest.fingerprint.inputs.build_datasets === built.manifest.digest;
  if (!isTheirs) return undefined;
  await results.assertIntact(built, files);
  return await openDataset(built.path);
}
