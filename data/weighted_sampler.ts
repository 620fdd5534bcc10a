import type { Generator } from "./torch_random.ts";

/**
 * Items drawn with replacement, each as often as its weight says: torch's `WeightedRandomSampler`.
 * Matches `multinomial_with_replacement` of aten/src/ATen/native/cpu/MultinomialKernel.cpp in float64.
 *
 * @param weights of the items, none negative and not all 0
 * @returns as many indices as there are items
 */
export function drawWeighted(generator: Generator, weights: ArrayLike<number>): Uint32Array {
  const cumulative = new Float64Array(weights.length);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) cumulative[i] = sum += weights[i];
  for (let i = 0; i < cumulative.length; i++) cumulative[i] /= sum;
  cumulative[cumulative.length - 1] = 1;
  return Uint32Array.from(weights, () => {
    const drawn = generator.uniformDouble();
    let left = 0, right = cumulative.length;
    while (left < right) {
      const middle = left + ((right - left) >> 1);
      if (cumulative[middle] < drawn) left = middle + 1;
      else right = middle;
    }
    return left;
  });
}
