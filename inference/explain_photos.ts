/** Where a model looked: Grad-CAM laid over the crops that it was given. */
import * as tf from "@tensorflow/tfjs";
import { activateBackend } from "../backend/activate.ts";
import type { RgbImage } from "../data/image.ts";
import { normalizer } from "../data/transforms.ts";
import { overlayHeat } from "../report/heat_overlay.ts";
import { gradCam } from "./grad_cam.ts";
import { type ModelOrigin, openModel } from "./open_model.ts";

const BATCH = 8;

/**
 * The crops with the heat of each one's likeliest class, in their order.
 * @param crops [size, size, 3] bytes each
 */
export async function explainPhotos(
  origin: ModelOrigin,
  crops: readonly Uint8Array[],
  { backend, threads }: { backend: "webgpu" | "wasm"; threads?: number },
): Promise<RgbImage[]> {
  await activateBackend(backend, { threads });
  const { model, manifest: { preprocessing } } = await openModel(origin);
  const { size } = preprocessing;
  const normalize = normalizer(preprocessing);
  const explained: RgbImage[] = [];
  for (let start = 0; start < crops.length; start += BATCH) {
    const batch = crops.slice(start, start + BATCH);
    const input = new Float32Array(batch.length * size * size * 3);
    batch.forEach((crop, i) =>
      normalize(crop, input.subarray(i * crop.length, (i + 1) * crop.length))
    );
    const images = tf.tensor4d(input, [batch.length, size, size, 3]);
    const explanations = await gradCam(model, images);
    images.dispose();
    explanations.forEach(({ heat }, i) =>
      explained.push(overlayHeat({ width: size, height: size, data: batch[i] }, heat))
    );
  }
  model.dispose();
  return explained;
}
