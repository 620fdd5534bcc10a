import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { tensorOfCrops } from "../../inference/tensor_of_crops.ts";

Deno.test("each crop is normalised by channel as torchvision does, one after the other", async () => {
  await tf.setBackend("cpu");
  const preprocessing = {
    resize: 2,
    size: 2,
    mean: [0.1, 0.2, 0.3],
    std: [0.5, 0.25, 2],
  } as const;
  const crops = [0, 1].map((which) => Uint8Array.from({ length: 12 }, (_, i) => 20 * i + which));
  const tensor = tensorOfCrops(crops, {
    ...preprocessing,
    mean: [...preprocessing.mean],
    std: [...preprocessing.std],
  });
  assert.deepEqual(tensor.shape, [2, 2, 2, 3]);
  const values = await tensor.data();
  tensor.dispose();
  for (const [which, crop] of crops.entries()) {
    for (const [i, byte] of crop.entries()) {
      const expected = (byte / 255 - preprocessing.mean[i % 3]) / preprocessing.std[i % 3];
      assert.ok(Math.abs(values[12 * which + i] - expected) < 1e-6);
    }
  }
});
