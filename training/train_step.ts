import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../backend/ops/softmax_cross_entropy.ts";
import type { Branch } from "../models/manifest.ts";
import type { Model } from "../models/model.ts";
import type { TrainingMode } from "../models/tf_layers.ts";
import type { Sgd } from "./sgd.ts";

export interface StepResult {
  /** Mean cross-entropy of the batch, before the step. */
  loss: tf.Scalar;
  /** [batch, classes], before the step. */
  logits: tf.Tensor2D;
}

/**
 * One optimiser step on one batch.
 *
 * @param lr a tensor, float32 [], where the step is repeated with other rates
 * @param images [batch, size, size, 3], normalised
 * @param labels int32 [batch]
 * @param dropoutMask what a dropout multiplies by, as `TrainingMode` says; null drops nothing
 * @returns loss and logits; the caller disposes them
 */
export function trainStep(
  model: Model,
  branch: Branch,
  optimizer: Sgd,
  lr: number | tf.Tensor,
  images: tf.Tensor4D,
  labels: tf.Tensor1D,
  dropoutMask: TrainingMode["dropoutMask"],
): StepResult {
  const mode = { dropoutMask };
  return tf.tidy(() => {
    // A frozen extractor runs outside the tape: nothing of it is kept for a backward pass.
    const frozenFeatures = branch === "frozen" ? model.features(images, mode) : undefined;
    let logits: tf.Tensor2D | undefined;
    const { value: loss, grads } = tf.variableGrads(() => {
      const features = frozenFeatures ?? model.features(images, mode);
      logits = tf.keep(model.classifier(features, mode));
      return softmaxCrossEntropy(logits, labels);
    }, optimizer.parameters);
    optimizer.step(grads, lr);
    return { loss, logits: logits! };
  });
}
