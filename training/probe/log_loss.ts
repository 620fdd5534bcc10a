import { argmax } from "../../models/logits.ts";

/**
 * Mean of −log(probability of the photo's class), scikit-learn's `log_loss`; from logits, so that no
 * probability is rounded to 0.
 *
 * @param logits [photos × classes]
 * @param sampleWeight [photos]; how much each photo counts
 */
export function logLoss(
  logits: Float64Array,
  labels: ArrayLike<number>,
  classes: number,
  sampleWeight?: ArrayLike<number>,
): number {
  let loss = 0, total = 0;
  for (let i = 0; i < labels.length; i++) {
    const from = i * classes, top = logits[from + argmax(logits, from, classes)];
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp(logits[from + k] - top);
    const weight = sampleWeight ? sampleWeight[i] : 1;
    loss += weight * (Math.log(sum) + top - logits[from + labels[i]]);
    total += weight;
  }
  return loss / total;
}

/**
 * Share of photos whose likeliest class is theirs.
 *
 * @param scores logits or probabilities, [photos × classes]
 */
export function accuracyScore(
  scores: Float64Array,
  labels: ArrayLike<number>,
  classes: number,
): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) {
    if (argmax(scores, i * classes, classes) === labels[i]) right++;
  }
  return right / labels.length;
}
