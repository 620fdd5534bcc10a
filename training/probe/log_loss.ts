import { argmax } from "../../models/logits.ts";

/**
 * −log(probability of the photo's class) of each photo; from logits, so that no probability is
 * rounded to 0.
 *
 * @param logits [photos × classes]
 * @returns [photos]
 */
export function photoLosses(
  logits: Float64Array,
  labels: ArrayLike<number>,
  classes: number,
): Float64Array {
  return Float64Array.from({ length: labels.length }, (_, i) => {
    const from = i * classes, top = logits[from + argmax(logits, from, classes)];
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp(logits[from + k] - top);
    return Math.log(sum) + top - logits[from + labels[i]];
  });
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
