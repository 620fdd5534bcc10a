import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../backend/ops/softmax_cross_entropy.ts";
import type { Branch } from "../models/manifest.ts";
import type { Model } from "../models/model.ts";
import type { TrainingMode } from "../models/tf_layers.ts";
import type { Optimizer } from "./optimizer.ts";

export interface StepResult {
  /** Mean cross-entropy of the batch, its labels smoothed where they are, before the step. */
  loss: tf.Scalar;
  /** [batch, classes], before the step. */
  logits: tf.Tensor2D;
}

/**
 * One optimiser step on one batch.
 *
 * @param rates as the optimiser wants them: a tensor, but for those that take a number alone
 * @param images [batch, size, size, 3], normalised
 * @param labels int32 [batch]
 * @param logitOffsets [classes], added to the logits that the loss is of
 * @returns loss and logits; the caller disposes them
 */
export function trainStep(
  model: Model,
  branch: Branch,
  optimizer: Optimizer,
  rates: number | tf.Tensor,
  images: tf.Tensor4D,
  labels: tf.Tensor1D,
  mode: TrainingMode,
  labelSmoothing = 0,
  logitOffsets?: tf.Tensor,
): StepResult {
  return tf.tidy(() => {
    // A frozen extractor runs outside the tape: nothing of it is kept for a backward pass.
    const frozenFeatures = branch === "frozen" ? model.features(images, mode) : undefined;
    let logits: tf.Tensor2D | undefined;
    const { value: loss, grads } = tf.variableGrads(() => {
      const features = frozenFeatures ?? model.features(images, mode);
      logits = tf.keep(model.classifier(features, mode));
      const judged = logitOffsets ? tf.add<tf.Tensor2D>(logits, logitOffsets) : logits;
      return softmaxCrossEntropy(judged, labels, labelSmoothing);
    }, optimizer.parameters);
    optimizer.step(grads, typeof rates === "number" ? tf.scalar(rates) : rates);
    return { loss, logits: logits! };
  });
}
