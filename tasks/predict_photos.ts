/** What a model says of photos: shared by the pipeline's last step and `deno task predict`. */
import * as tf from "@tensorflow/tfjs";
import { decodeImage, preprocessPhoto, type RgbImage } from "../data/mod.ts";
import { classNames, type Model, type ModelManifest } from "../models/mod.ts";
import { judge, type Judgement } from "./judgement.ts";

export interface Prediction {
  path: string;
  label: string;
  probability: number;
  /** The likeliest classes, best first. */
  top: { label: string; probability: number }[];
  logits: number[];
  /** Whether the photo is unlike all val photos; absent where there were too few to tell. */
  none_of_these?: boolean;
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
  judgement: Judgement,
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
    const { size } = manifest.preprocessing;
    const pixels = preprocessPhoto(image, manifest.preprocessing);
    const [output] = await model.judge(tf.tensor4d(pixels, [1, size, size, 3]));
    const { probabilities, unlike } = judge(output, judgement);
    const ranked = probabilities
      .map((probability, i) => ({ label: names[i], probability }))
      .sort((a, b) => b.probability - a.probability);
    yield {
      result: {
        path,
        ...ranked[0],
        top: ranked.slice(0, top),
        logits: output.logits,
        ...(unlike !== undefined && { none_of_these: unlike }),
      },
      image,
    };
  }
}
