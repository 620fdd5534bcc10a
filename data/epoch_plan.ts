import type { Augmentation } from "./augmentation/augmentation.ts";
import { drawAugmented } from "./augmentation/draw_augmented.ts";
import { type Crop, drawCrop } from "./crop.ts";
import type { Photo } from "./dataset_index.ts";
import { drawnOn, type Fit, ofPhoto } from "./fit.ts";
import { Generator } from "./torch_random.ts";
import { drawWeighted } from "./weighted_sampler.ts";

/** Everything about a batch that chance decides. */
export interface PlannedBatch {
  /** Photos in the order in which they are taken. */
  indices: number[];
  /** For training, the crop of each; else empty. */
  crops: Crop[];
  /** For the model's dropout: so many uniform numbers in [0, 1) as it was said to take. */
  noise: Float64Array;
}

export interface EpochOptions {
  batchSize: number;
  shuffle: boolean;
  /** Of each photo: when shuffling, it comes as often as it weighs; once where they are left out. */
  weights?: ArrayLike<number>;
  /** Whether crops are drawn. */
  crop: boolean;
  /** What else is drawn with each crop, for squares of `size`. */
  augmentation?: Augmentation;
  size?: number;
  /** How crops become squares; crop where it is left out. */
  fit?: Fit;
  /** Numbers a photo that the model's dropout takes while it learns from the batch. */
  noisePerPhoto?: number;
}

/**
 * Draws an epoch as the tutorial does with PyTorch's DataLoader without workers: a base seed for
 * workers that there are not; when shuffling, a seed whose own generator makes the order; then batch
 * by batch the crop and flip of each photo, and what dropout draws when the batch has gone through
 * the model. Matches torch/utils/data/dataloader.py and sampler.py.
 *
 * A batch is drawn when it is asked for; nothing else may draw from `generator` before the last.
 */
export function* planEpoch(
  generator: Generator,
  photos: readonly Pick<Photo, "width" | "height">[],
  { batchSize, shuffle, weights, crop, augmentation, size = 224, fit, noisePerPhoto = 0 }:
    EpochOptions,
): IterableIterator<PlannedBatch> {
  generator.random64();
  const order = shuffle && weights
    ? drawWeighted(generator, weights)
    : shuffle
    ? new Generator(generator.random64()).randperm(photos.length)
    : Uint32Array.from(photos.keys());
  for (let start = 0; start < photos.length; start += batchSize) {
    const indices = Array.from(order.subarray(start, start + batchSize));
    const crops = crop
      ? indices.map((index) => {
        const sides = drawnOn(photos[index], fit);
        const drawn = augmentation
          ? drawAugmented(generator, sides, size, augmentation)
          : drawCrop(generator, sides.width, sides.height);
        return ofPhoto(drawn, photos[index], fit);
      })
      : [];
    const noise = new Float64Array(indices.length * noisePerPhoto);
    for (let i = 0; i < noise.length; i++) noise[i] = generator.uniformDouble();
    yield { indices, crops, noise };
  }
}
