import type { Dataset } from "../data/dataset.ts";
import { DataLoader } from "../data/loader.ts";
import { Generator } from "../data/torch_random.ts";
import type { BatchTile } from "./batch_grid.ts";

/** Of the crops in the picture; training takes its model's own. */
const SIDE = 224;

/** The tutorial's first picture: one training batch, cropped and flipped, with its labels. */
export async function trainingBatch(dataset: Dataset): Promise<BatchTile[]> {
  using loader = new DataLoader(dataset, {
    split: "train",
    batchSize: 4,
    shuffle: true,
    transform: "train",
    generator: new Generator(0),
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
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
          (value) => Math.round(255 * value),
        ),
      },
      title: dataset.classes[label],
    }));
  }
  throw new Error("the training split is empty");
}
