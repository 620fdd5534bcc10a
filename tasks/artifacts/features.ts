/** What a frozen network says of each photo, as `compute_features` leaves it. */
import type { Dataset } from "../../data/dataset.ts";
import type { Split } from "../../data/dataset_index.ts";
import type { PhotoFeatures } from "../../training/probe/frozen_features.ts";
import type { LabelledFeatures } from "../../training/probe/labelled_features.ts";
import { matrix } from "../../training/probe/matrix.ts";
import { readSafetensors, writeSafetensors } from "../../weights/safetensors.ts";
import type { Tensor } from "../../weights/tensor.ts";

/** float32 [photos, features] by split, the photos in the data set's order. */
export const FEATURES = "features.safetensors";

export async function writeFeatures(
  folder: string,
  bySplit: Readonly<Record<Split, PhotoFeatures>>,
): Promise<void> {
  const tensors = new Map<string, Tensor>();
  for (const [split, { rows, columns, data }] of Object.entries(bySplit)) {
    tensors.set(split, { dtype: "float32", shape: [rows, columns], data });
  }
  await writeSafetensors(`${folder}/${FEATURES}`, tensors);
}

/**
 * The features in `folder` with what the data set says of their photos.
 * @throws {Error} where they are of other photos, or one is no number
 */
export async function readFeatures(
  folder: string,
  dataset: Dataset,
): Promise<Record<Split, LabelledFeatures>> {
  const { tensors } = await readSafetensors(`${folder}/${FEATURES}`);
  const of = (split: Split): LabelledFeatures => {
    const { shape: [rows, columns], data } = tensors.get(split)!;
    const photos = dataset.photos(split);
    if (rows !== photos.length) {
      throw new Error(
        `${folder}/${FEATURES} has features of ${rows} ${split} photos, not of ${photos.length}: ` +
          "make it anew with `deno task pipeline compute_features --force`",
      );
    }
    return {
      features: matrix(rows, columns, data as Float32Array),
      labels: Int32Array.from(photos, ({ label }) => label),
      classes: dataset.classes,
    };
  };
  return { train: of("train"), val: of("val") };
}
