/** What a model says of photos: shared by the pipeline's last step and `deno task predict`. */
import * as tf from "@tensorflow/tfjs";
import { decodeImage, preprocessPhoto, type RgbImage } from "../data/mod.ts";
import { classNames, type Model, type ModelManifest } from "../models/mod.ts";
import { softmax } from "../training/mod.ts";

export interface Prediction {
  path: string;
  label: string;
  probability: number;
  /** The likeliest classes, best first. */
  top: { label: string; probability: number }[];
  logits: number[];
}

/** A path that is no photo. */
export interface Failure {
  path: string;
  error: string;
}

/** One by one, in the order given; a path that fails does not stop the others. */
export async function* predictPhotos(
  paths: Iterable<string>,
  model: Model,
  manifest: ModelManifest,
  top: number,
): AsyncGenerator<{ result: Prediction | Failure; image?: RgbImage }> {
  const names = classNames(manifest);
  for (const path of paths) {
    let image: RgbImage;
    try {
      // One's own photos are turned as the camera says; the tutorial's data are read as torch does.
      image = await decodeImage(await Deno.readFile(path), { exifOrientation: true });
    } catch (error) {
      yield { result: { path, error: (error as Error).message } };
      continue;
    }
    const logits = await computeLogits(model, preprocessPhoto(image, manifest.preprocessing));
    const ranked = softmax(logits)
      .map((probability, i) => ({ label: names[i], probability }))
      .sort((a, b) => b.probability - a.probability);
    yield { result: { path, ...ranked[0], top: ranked.slice(0, top), logits }, image };
  }
}

async function computeLogits(model: Model, pixels: Float32Array): Promise<number[]> {
  const { size } = model.architecture.preprocessing;
  const output = tf.tidy(() => model.predict(tf.tensor4d(pixels, [1, size, size, 3])));
  const logits = Array.from(await output.data());
  output.dispose();
  return logits;
}
