/** What training and prediction are fed with. */
import type { Crop } from "./crop.ts";

/** Photos before they are normalised: a quarter of the bytes. */
export interface RawPhotos {
  /** [batch, size, size, 3] */
  bytes: Uint8Array<ArrayBuffer>;
  /** What stands for each byte: [3, 256], of red, green and blue. */
  table: Float32Array<ArrayBuffer>;
}

export interface Batch {
  /** [batch, size, size, 3], normalised. */
  readonly images: Float32Array;
  /** What they are made of, where `images` are made only when they are asked for. */
  raw?: RawPhotos;
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
