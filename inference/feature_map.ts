import * as tf from "@tensorflow/tfjs";
import type { Model } from "../models/model.ts";
import { byLayer, TfLayers } from "../models/tf_layers.ts";

/**
 * A model's last feature map, in evaluation: [batch, height, width, channels]. Its mean over height
 * and width is what `model.features` is made of. The caller disposes it.
 *
 * @param images [batch, size, size, 3], normalised; not disposed
 * @throws {Error} when the architecture's features are no such mean
 */
export function featureMap(model: Model, images: tf.Tensor4D): tf.Tensor4D {
  const layers = new FeatureMapLayers(byLayer(model.parameters));
  const { architecture } = model;
  return tf.tidy(() => {
    const features = architecture.features<tf.Tensor>(layers, images);
    return layers.takeMap(architecture.neck ? undefined : features);
  });
}

/** Layers, in evaluation, that keep the feature map that the last global average pool averaged. */
class FeatureMapLayers extends TfLayers {
  #last?: { map: tf.Tensor4D; pooled: tf.Tensor };

  override globalAveragePool(x: tf.Tensor): tf.Tensor {
    this.#last?.map.dispose();
    const pooled = super.globalAveragePool(x);
    this.#last = { map: tf.keep(tf.clone(x as tf.Tensor4D)), pooled };
    return pooled;
  }

  /**
   * The map of which `features`, if there are some, are the mean over height and width: [batch,
   * height, width, channels]. The caller disposes it.
   * @throws {Error} when they are the mean of none
   */
  takeMap(features: tf.Tensor | undefined): tf.Tensor4D {
    const last = this.#last;
    this.#last = undefined;
    if (last && (!features || last.pooled === features)) return last.map;
    last?.map.dispose();
    throw new Error("the features are not a global average of a map, so no place can be named");
  }
}
