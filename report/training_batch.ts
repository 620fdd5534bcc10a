import type { Dataset } from "../data/dataset.ts";
import type { View } from "../data/fit.ts";
import { DataLoader } from "../data/loader.ts";
import { Generator } from "../data/torch_random.ts";
import type { BatchTile } from "./batch_grid.ts";

/** Of the crops in the picture; training takes its model's own. */
const SIDE = 224;

/**
 * The tutorial's first picture: one training batch, cropped and flipped, with its labels.
 * @param view how the model that learns from it fits photos
 */
export async function trainingBatch(
  dataset: Dataset,
  { fit, mean = [0, 0, 0] }: Pick<View, "fit" | "mean"> = {},
): Promise<BatchTile[]> {
  using loader = new DataLoader(dataset, {
    split: "train",
    batchSize: 4,
    shuffle: true,
    transform: "train",
    generator: new Generator(0),
    fit,
    normalization: { mean, std: [1, 1, 1] },
    size: SIDE,
    workers: 0,
  });
  const pixels = SIDE * SIDE * 3;
  for await (const { images, labels } of loader) {
    return Array.from(labels, (label, i) => ({
      image: {
        width: SIDE,
        height: SIDE,
        data: Uint8Array.from(
          images.subarray(i * pixels, (i + 1) * pixels),
          (value, at) => Math.round(255 * (value + mean[at % 3])),
        ),
      },
      title: dataset.classes[label],
    }));
  }
  throw new Error("the training split is empty");
}
