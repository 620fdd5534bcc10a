/** What a frozen network says of photos, as `compute_features` leaves it. */
import type { Dataset } from "../../data/dataset.ts";
import type { Photo, Split } from "../../data/dataset_index.ts";
import { joinGroups } from "../../data/join_groups.ts";
import type { Labels } from "../../training/probe/cross_validation.ts";
import type { LabelledFeatures } from "../../training/probe/labelled_features.ts";
import { matrix } from "../../training/probe/matrix.ts";
import { readSafetensors, writeSafetensors } from "../../weights/safetensors.ts";
import type { Tensor } from "../../weights/tensor.ts";

/** Of some photos of a split. */
export interface PhotoFeatures {
  /** Which: their positions in the split, ascending. */
  photos: Int32Array<ArrayBuffer>;
  /** [photos × features] */
  data: Float32Array<ArrayBuffer>;
}

/** By split, `features/SPLIT`, float32 [photos, features], and `photos/SPLIT`, int32 [photos]. */
const FEATURES = "features.safetensors";

export async function writeFeatures(
  folder: string,
  bySplit: ReadonlyMap<Split, PhotoFeatures>,
): Promise<void> {
  const tensors = new Map<string, Tensor>();
  for (const [split, { photos, data }] of bySplit) {
    const { length } = photos;
    tensors.set(`photos/${split}`, { dtype: "int32", shape: [length], data: photos });
    tensors.set(`features/${split}`, {
      dtype: "float32",
      shape: [length, length === 0 ? 0 : data.length / length],
      data,
    });
  }
  await writeSafetensors(`${folder}/${FEATURES}`, tensors);
}

/**
 * The features of a split in `folder`, with what the data set says of their photos.
 * @throws {Error} where they are of other photos, or one is no number
 */
export async function readFeatures(
  folder: string,
  split: Split,
  dataset: Dataset,
): Promise<LabelledFeatures> {
  const { tensors } = await readSafetensors(`${folder}/${FEATURES}`);
  const features = tensors.get(`features/${split}`)!;
  const [rows, columns] = features.shape;
  const photos = Array.from(tensors.get(`photos/${split}`)!.data, Number)
    .map((index) => dataset.photos(split)[index]);
  if (photos.includes(undefined!)) {
    throw new Error(
      `${folder}/${FEATURES} is of other photos than ${dataset.folder}: make it anew with ` +
        "`deno task compute_features --force`",
    );
  }
  return {
    features: matrix(rows, columns, features.data as Float32Array),
    ...labelsOf(photos, dataset.classes),
  };
}

/** What is known of photos beside their features. */
export function labelsOf(photos: readonly Photo[], classes: readonly string[]): Labels {
  const groups = joinGroups(photos);
  const labels = Int32Array.from(photos, ({ label }) => label);
  return { labels, classes, ...(groups && { groups }) };
}
