import { type Crop, drawCrop } from "./crop.ts";
import type { Photo } from "./dataset_index.ts";
import { Generator } from "./torch_random.ts";

/** Everything about an epoch that chance decides. */
export interface EpochPlan {
  /** Photos in the order in which they are taken. */
  order: Uint32Array;
  /** For training, the crop of each, in that order. */
  crops: Crop[] | undefined;
}

/**
 * Draws an epoch as PyTorch's DataLoader without workers does: a base seed for workers that there
 * are not; when shuffling, a seed whose own generator makes the order; then photo by photo its crop
 * and flip. Matches torch/utils/data/dataloader.py and sampler.py.
 *
 * PyTorch draws crops as batches fall due. Drawing all at once gives the same numbers as long as
 * nothing else draws from this generator in between: dropout and the like need one of their own.
 */
export function planEpoch(
  generator: Generator,
  photos: readonly Pick<Photo, "width" | "height">[],
  { shuffle, crop }: { shuffle: boolean; crop: boolean },
): EpochPlan {
  generator.random64();
  const order = shuffle
    ? new Generator(generator.random64()).randperm(photos.length)
    : Uint32Array.from(photos.keys());
  const crops = crop
    ? Array.from(order, (index) => drawCrop(generator, photos[index].width, photos[index].height))
    : undefined;
  return { order, crops };
}
