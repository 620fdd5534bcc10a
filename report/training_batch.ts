import type { Dataset } from "../data/dataset.ts";
import type { Fitting } from "../data/fit.ts";
import { DataLoader } from "../data/loader.ts";
import { Generator } from "../data/torch_random.ts";
import type { BatchTile } from "./batch_grid.ts";

/**
 * The tutorial's first picture: one training batch, cropped and flipped, with its labels.
 * @param view how the network that learns from it sees photos
 */
export async function trainingBatch(
  dataset: Dataset,
  { fit, size, interpolation, mean = [0, 0, 0] }: Fitting,
): Promise<BatchTile[]> {
  using loader = new DataLoader(dataset, {
    split: "train",
    batchSize: 4,
    shuffle: true,
    transform: "train",
    generator: new Generator(0),
    ...{ fit, size, interpolation },
    normalization: { mean, std: [1, 1, 1] },
    workers: 0,
  });
  const pixels = size * size * 3;
  for await (const { images, labels } of loader) {
    return Array.from(labels, (label, i) => ({
      image: {
        width: size,
        height: size,
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
