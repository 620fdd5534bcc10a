/** Photos of bytes as a network's input: `ToTensor` and `Normalize`, by table. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/** Whether the active backend normalises photos itself: a quarter of the bytes go to it then. */
export function normalizesPhotos(): boolean {
  return isServed("NormalizePhotos");
}

/**
 * Nothing is computed but which value of the table stands for a byte, so that every backend has the
 * same bits.
 *
 * @param bytes int32 [photos, size * size * 3 / 4], each four bytes of [size, size, 3], the first lowest
 * @param table [3, 256], of red, green and blue
 * @returns [photos, size, size, 3]
 */
export function normalizePhotos(
  bytes: tf.Tensor,
  table: tf.Tensor,
  size: number,
): tf.Tensor4D {
  const attributes = { size };
  if (isServed("NormalizePhotos")) {
    return tf.engine().runKernel("NormalizePhotos", { bytes, table }, attributes) as tf.Tensor4D;
  }
  const values = table.dataSync();
  const pixels = new Uint8Array(Int32Array.from(bytes.dataSync()).buffer);
  return tf.tensor4d(
    Float32Array.from(pixels, (byte, i) => values[i % 3 * 256 + byte]),
    [bytes.shape[0], size, size, 3],
  );
}
