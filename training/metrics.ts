/** Accuracy and how far it can be trusted. */

/** Index of the largest of `count` values from `start`; the first one on a tie, as torch.max. */
export function argmax(values: ArrayLike<number>, start = 0, count = values.length): number {
  let best = 0;
  for (let i = 1; i < count; i++) {
    if (values[start + i] > values[start + best]) best = i;
  }
  return best;
}

/** exp(x) / Σ exp(x), computed without overflow. */
export function softmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const max = Math.max(...values);
  const exps = values.map((value) => Math.exp(value - max));
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((exp) => exp / sum);
}

/**
 * Wilson's 95% interval of a proportion. Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953.
 * @returns [low, high], within 0…1
 */
export function wilsonInterval(correct: number, total: number): [number, number] {
  if (total === 0) return [0, 1];
  const z = 1.959963984540054;
  const p = correct / total;
  const z2 = (z * z) / total;
  const centre = (p + z2 / 2) / (1 + z2);
  const half = (z / (1 + z2)) * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** counts[actual][predicted] */
export function confusionMatrix(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < actual.length; i++) counts[actual[i]][predicted[i]]++;
  return counts;
}

/**
 * McNemar's exact test of two classifiers on the same photos: the probability of a split at least
 * as uneven as `onlyFirst` against `onlySecond` if both were equally good. McNemar 1947,
 * https://doi.org/10.1007/BF02295996, in its exact binomial form.
 *
 * @param onlyFirst photos that the first got right and the second wrong
 * @param onlySecond the other way round
 * @returns two-sided p value in 0…1
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  let logChoose = 0; // log of n choose k
  let tail = 0;
  for (let k = 0; k <= fewer; k++) {
    if (k > 0) logChoose += Math.log((n - k + 1) / k);
    tail += Math.exp(logChoose - n * Math.LN2);
  }
  return Math.min(1, 2 * tail);
}
