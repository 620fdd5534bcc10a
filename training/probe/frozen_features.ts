/** What a frozen network says of photos, once for all heads that are fitted to it. */
import * as tf from "@tensorflow/tfjs";
import type { Loader } from "../../data/batch.ts";
import type { Model } from "../../models/model.ts";

export interface PhotoFeatures {
  rows: number;
  columns: number;
  /** [rows × columns], the photos in the loader's order. */
  data: Float32Array<ArrayBuffer>;
}

/**
 * Features of every photo that `loader` yields, as `model.eval()` computes them: batch norm goes by
 * its running statistics, so that no photo's features depend on its neighbours.
 *
 * @param count how many photos it yields
 * @param onBatch is told how many photos are done
 */
export async function frozenFeatures(
  model: Model,
  loader: Loader,
  count: number,
  { signal, onBatch }: { signal?: AbortSignal; onBatch?: (done: number) => void } = {},
): Promise<PhotoFeatures> {
  const { size } = model.architecture.preprocessing;
  let data = new Float32Array(0), done = 0;
  for await (const { images, labels } of loader) {
    signal?.throwIfAborted();
    const features = tf.tidy(() =>
      model.features(tf.tensor4d(images, [labels.length, size, size, 3]))
    );
    const values = await features.data<"float32">();
    features.dispose();
    if (done === 0) data = new Float32Array(count * values.length / labels.length);
    data.set(values, done * values.length / labels.length);
    done += labels.length;
    onBatch?.(done);
  }
  return { rows: count, columns: count === 0 ? 0 : data.length / count, data };
}
