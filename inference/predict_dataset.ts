import * as tf from "@tensorflow/tfjs";
import type { Model } from "../models/model.ts";
import type { Loader } from "../data/batch.ts";
import { PartsThatFit } from "./in_parts.ts";

/** What the model says of one photo. */
export interface PhotoLogits {
  /** Position of the photo in its split. */
  index: number;
  label: number;
  logits: number[];
  /** What the network's last layer was given. */
  features: Float32Array;
}

/** Logits and features of every photo that `loader` yields, in its order. */
export async function predictDataset(
  model: Model,
  loader: Loader,
  { signal, onBatch }: {
    signal?: AbortSignal;
    onBatch?: (batch: number, batches: number) => void;
  } = {},
): Promise<PhotoLogits[]> {
  const { size } = model.architecture.preprocessing;
  const pixels = size * size * 3, parts = new PartsThatFit();
  const photos: PhotoLogits[] = [];
  let batch = 0;
  for await (const { images, labels, indices } of loader) {
    signal?.throwIfAborted();
    const results = await parts.answerAll(labels.length, (from, to) => {
      const part = images.subarray(from * pixels, to * pixels);
      return model.outputs(tf.tensor4d(part, [to - from, size, size, 3]));
    });
    indices.forEach((index, i) => photos.push({ index, label: labels[i], ...results[i] }));
    onBatch?.(++batch, loader.length);
  }
  return photos;
}
