import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { normalizePhotos } from "../../../backend/ops/normalize_photos.ts";
import { noiseValues } from "../compare.ts";
import type { Subject } from "./subject.ts";

export function photosContract(subject: Subject): void {
  subject.test("photos of bytes become the table's values, to the bit", async () => {
    const table = noiseValues(3 * 256, 1);
    for (const [photos, size] of [[1, 2], [3, 6], [2, 58]]) {
      const length = photos * size * size * 3;
      const bytes = Uint8Array.from({ length }, (_, i) => i * 37 + (i >> 8) * 101);
      const [values] = await subject.valuesOf(() => {
        const words = tf.tensor2d(
          new Int32Array(bytes.buffer),
          [photos, length / photos / 4],
          "int32",
        );
        return [normalizePhotos(words, tf.tensor2d(table, [3, 256]), size)];
      });
      assert.deepEqual(values, Float32Array.from(bytes, (byte, i) => table[i % 3 * 256 + byte]));
    }
  });
}
