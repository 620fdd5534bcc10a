/** Where a model looked, crop by crop. */
import type { Preprocessing } from "../models/architecture.ts";
import type { Model } from "../models/model.ts";
import { gradCam, type HeatMap } from "./grad_cam.ts";
import { tensorOfCrops } from "./tensor_of_crops.ts";

const BATCH = 8;

/**
 * Grad-CAM of each crop, in their order.
 * @param crops [size, size, 3] bytes each
 * @param labels the class to explain of each; the likeliest where it is left out
 */
export async function explainPhotos(
  model: Model,
  preprocessing: Preprocessing,
  crops: readonly Uint8Array[],
  labels?: readonly number[],
): Promise<HeatMap[]> {
  const heats: HeatMap[] = [];
  for (let start = 0; start < crops.length; start += BATCH) {
    const images = tensorOfCrops(crops.slice(start, start + BATCH), preprocessing);
    const asked = labels?.slice(start, start + BATCH);
    heats.push(...(await gradCam(model, images, asked)).map(({ heat }) => heat));
    images.dispose();
  }
  return heats;
}
