/**
 * Whether a photo is like any that the model was measured on. Logits cannot tell: a model of ants and
 * bees calls a solar cell an ant with certainty. The network's features can, by their distance to the
 * nearest feature of a val photo.
 * Sun et al. 2022, "Out-of-Distribution Detection with Deep Nearest Neighbors",
 * https://arxiv.org/abs/2204.06507, with k = 1.
 */

/** The part of the val photos themselves that counts as unlike the others. */
export const UNLIKE_SHARE = 0.05;
/** With fewer val photos, that part would be less than one photo. */
const FEWEST = 20;
/** A photo is compared with at most so many: 10 MB of MobileNetV2's features. */
const MOST = 2000;

/** Features of photos to compare with: rows of unit length. */
export interface References {
  /** [photos, size] */
  data: Float32Array<ArrayBuffer>;
  size: number;
}

/** The features of at most 2,000 of the photos, evenly chosen, each row brought to unit length. */
export function references(features: readonly Float32Array[]): References {
  const count = Math.min(features.length, MOST);
  const size = features[0]?.length ?? 0;
  const data = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    data.set(unit(features[Math.floor(i * features.length / count)]), i * size);
  }
  return { data, size };
}

/**
 * How far a photo's feature is from the nearest reference: 1 - cosine, 0 for the same direction, at
 * most 2.
 * @param except a reference to pass over
 */
export function distanceToNearest(
  { data, size }: References,
  feature: Float32Array,
  except?: number,
): number {
  const query = unit(feature);
  let nearest = -Infinity;
  for (let row = 0; row * size < data.length; row++) {
    if (row === except) continue;
    let cosine = 0;
    for (let i = 0, at = row * size; i < size; i++) cosine += query[i] * data[at++];
    nearest = Math.max(nearest, cosine);
  }
  return Math.max(0, 1 - nearest);
}

/**
 * The distance above which a photo is unlike the references: all but 5% of them are nearer to another
 * one. Undefined for fewer than 20 references, which cannot tell.
 */
export function unlikeThreshold(references: References): number | undefined {
  const { data, size } = references;
  const count = size === 0 ? 0 : data.length / size;
  if (count < FEWEST) return undefined;
  const distances = Array.from(
    { length: count },
    (_, row) => distanceToNearest(references, data.subarray(row * size, (row + 1) * size), row),
  );
  distances.sort((a, b) => a - b);
  return distances[Math.ceil(count * (1 - UNLIKE_SHARE)) - 1];
}

function unit(feature: Float32Array): Float32Array {
  let sum = 0;
  for (const value of feature) sum += value * value;
  const length = Math.sqrt(sum) || 1;
  return feature.map((value) => value / length);
}
