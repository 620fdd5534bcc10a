/** Grad-CAM: which parts of a photo speak for a class. */
import * as tf from "@tensorflow/tfjs";
import type { Model } from "../models/model.ts";
import { type Places, placesOf } from "./feature_map.ts";
import { argmax } from "../models/logits.ts";

/** How much each part of a photo speaks for a class. */
export interface HeatMap {
  /** Of the network's last feature map, 7×7 for a photo of 224×224; of a transformer's tokens, 14×14. */
  width: number;
  height: number;
  /** [height, width], never negative, in the unit of the class's logit. */
  values: number[];
}

/** What a model says of a photo, and where it saw that. */
export interface Explanation {
  logits: number[];
  /** The class explained. */
  label: number;
  heat: HeatMap;
}

/**
 * Explains each photo of a batch by Grad-CAM: the gradient of the class's logit with respect to the
 * last feature map, averaged over the map, weighs the channels; the weighted sum's positive part is
 * the heat. Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391, equations 1 and 2.
 *
 * Of a transformer the map is the tokens that its last attention reads. Only what lies behind the map
 * is differentiated.
 *
 * @param images [batch, size, size, 3], normalised; not disposed
 * @param labels the class to explain of each photo; the likeliest where it is left out
 */
export async function gradCam(
  model: Model,
  images: tf.Tensor4D,
  labels?: readonly number[],
): Promise<Explanation[]> {
  const places = placesOf(model, images);
  try {
    const logits = await rowsOf(tf.tidy(() => places.logits(places.map)));
    const asked = labels ?? logits.map((row) => argmax(row));
    const heats = await rowsOf(tf.tidy(() => heatOf(places, model.classes, asked)));
    const [, height, width] = places.map.shape;
    return logits.map((row, i) => ({
      logits: row,
      label: asked[i],
      heat: { width, height, values: heats[i] },
    }));
  } finally {
    places.dispose();
  }
}

/** [batch, height · width] */
function heatOf(
  { map, logits }: Places,
  classes: number,
  labels: readonly number[],
): tf.Tensor2D {
  const [batch, height, width] = map.shape;
  const asked = tf.oneHot(tf.tensor1d([...labels], "int32"), classes);
  // Photos do not depend on each other: one gradient of the sum has that of each.
  const gradient = tf.grad((x) => tf.sum(tf.mul(logits(x as tf.Tensor4D), asked)))(map);
  const weights = tf.mean(gradient, [1, 2], true);
  return tf.relu(tf.sum(tf.mul(map, weights), 3)).reshape([batch, height * width]);
}

/** Each row's values; the tensor is disposed. */
async function rowsOf(tensor: tf.Tensor2D): Promise<number[][]> {
  const [rows, columns] = tensor.shape;
  const data = await tensor.data<"float32">();
  const all = Array.from(
    { length: rows },
    (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)),
  );
  tensor.dispose();
  return all;
}
