import * as tf from "@tensorflow/tfjs";
import type { Model } from "../models/model.ts";
import { byLayer, TfLayers } from "../models/tf_layers.ts";

/** What an explanation names places by, and what a model makes of it. */
export interface Places {
  /** [batch, height, width, channels] */
  map: tf.Tensor4D;
  /** Logits [batch, classes] if the map were this one. */
  logits(map: tf.Tensor4D): tf.Tensor2D;
  dispose(): void;
}

/**
 * A model's last feature map, in evaluation: that whose mean over height and width
 * `model.features` is made of; of a transformer, the tokens as its last attention reads them, behind the layer
 * norm. (The last block's output tells nothing: only its first token is read. pytorch-grad-cam's
 * advice for vision transformers is the same, https://github.com/jacobgil/pytorch-grad-cam.)
 *
 * @param images [batch, size, size, 3], normalised; not disposed
 * @throws {Error} when the architecture's features come from no places
 */
export function placesOf(model: Model, images: tf.Tensor4D): Places {
  const layers = new WatchingLayers(byLayer(model.parameters));
  const features = tf.tidy(() => layers.watch(model, images));
  const { pooled, read: tokens, ahead } = layers;
  const isMean = pooled && (model.architecture.neck || pooled.features === features);
  features.dispose();
  if (isMean) {
    tokens?.dispose();
    const { map } = pooled;
    const logits = (map: tf.Tensor4D) =>
      model.classifier(model.featuresOfMean(tf.mean(map, [1, 2]) as tf.Tensor2D));
    return { map, logits, dispose: () => map.dispose() };
  }
  pooled?.map.dispose();
  if (!tokens) {
    throw new Error("the features come from no map and no tokens: no place can be named");
  }
  const [batch, count, channels] = tokens.shape, side = Math.sqrt(count - ahead);
  const [others, grid] = tf.tidy(() => tf.split(tokens, [ahead, count - ahead], 1));
  const map = tf.tidy(() => tf.reshape(grid, [batch, side, side, channels]) as tf.Tensor4D);
  grid.dispose();
  tokens.dispose();
  return {
    map,
    logits: (map) => {
      const read = tf.concat([others, tf.reshape(map, [batch, side * side, channels])], 1);
      return layers.withTokens(read, model, images);
    },
    dispose: () => tf.dispose([map, others]),
  };
}

/** Layers, in evaluation, that keep what places can be named by. */
class WatchingLayers extends TfLayers {
  /** The last map that was averaged, and its mean. */
  pooled?: { map: tf.Tensor4D; features: tf.Tensor };
  /** Those that the last attention reads, and how many of them are none of the grid's. */
  read?: tf.Tensor;
  ahead = 0;
  #calls = 0;
  #last = 0;
  #instead?: tf.Tensor;

  watch(model: Model, images: tf.Tensor4D): tf.Tensor {
    const features = model.architecture.features<tf.Tensor>(this, images);
    this.#last = this.#calls;
    return features;
  }

  /** Logits if the last attention read these tokens. */
  withTokens(tokens: tf.Tensor, model: Model, images: tf.Tensor4D): tf.Tensor2D {
    this.#calls = 0;
    this.#instead = tokens;
    const features = model.architecture.features<tf.Tensor>(this, images);
    return model.classifier(features as tf.Tensor2D);
  }

  override globalAveragePool(x: tf.Tensor): tf.Tensor {
    const features = super.globalAveragePool(x);
    this.pooled?.map.dispose();
    this.pooled = { map: tf.keep(tf.clone(x as tf.Tensor4D)), features };
    return features;
  }

  override places(x: tf.Tensor, ahead: number): tf.Tensor {
    this.#calls++;
    if (this.#instead) return this.#calls === this.#last ? this.#instead : x;
    this.read?.dispose();
    this.read = tf.keep(tf.clone(x));
    this.ahead = ahead;
    return x;
  }
}
