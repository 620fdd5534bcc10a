import * as tf from "@tensorflow/tfjs";
import { TfLayers } from "./tf_layers.ts";

/** Layers, in evaluation, that keep the feature map that the last global average pool averaged. */
export class FeatureMapLayers extends TfLayers {
  #last?: { map: tf.Tensor4D; pooled: tf.Tensor };

  override globalAveragePool(x: tf.Tensor): tf.Tensor {
    this.#last?.map.dispose();
    const pooled = super.globalAveragePool(x);
    this.#last = { map: tf.keep(tf.clone(x as tf.Tensor4D)), pooled };
    return pooled;
  }

  /**
   * The map of which `features` are the mean over height and width: [batch, height, width,
   * channels]. The caller disposes it.
   * @throws {Error} when they are the mean of none
   */
  takeMap(features: tf.Tensor): tf.Tensor4D {
    const last = this.#last;
    this.#last = undefined;
    if (last?.pooled === features) return last.map;
    last?.map.dispose();
    throw new Error("the features are not a global average of a map, so no place can be named");
  }
}
