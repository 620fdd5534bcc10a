/** What training and prediction are fed with. */
import type { Crop } from "./crop.ts";

export interface Batch {
  /** [batch, size, size, 3], normalised. */
  images: Float32Array;
  labels: Int32Array;
  /** Positions of the photos in their split. */
  indices: number[];
  /** Where each was cut, if by chance. */
  crops?: readonly Crop[];
  /** Uniform numbers in [0, 1) for the dropouts of a training step, one layer after another. */
  noise?: Float64Array;
}

/** Whatever yields an epoch's batches: `DataLoader`, or a test's own. */
export interface Loader {
  /** Batches of an epoch. */
  readonly length: number;
  [Symbol.asyncIterator](): AsyncIterator<Batch>;
}
