/** What is counted of answers, and how far it can be trusted. */

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
