import { Generator } from "../../data/torch_random.ts";
import { type Balance, balancedWeights, drawnBalanced } from "../balance.ts";
import type { LabelledFeatures } from "./labelled_features.ts";

/**
 * The photos with what each counts in a fit.
 * @param seed of what is drawn, where photos are drawn
 */
export function balancePhotos(
  photos: LabelledFeatures,
  balance: Balance,
  seed: number,
): LabelledFeatures {
  const { labels, classes } = photos;
  if (balance === "none") return photos;
  if (balance === "sample") {
    const sampleWeight = drawnBalanced(labels, classes.length, new Generator(seed));
    return { ...photos, sampleWeight };
  }
  const weights = balancedWeights(photosByClass(photos));
  return { ...photos, sampleWeight: Float64Array.from(labels, (label) => weights[label]) };
}

/** In the order of the classes. */
export function photosByClass({ labels, classes }: LabelledFeatures): number[] {
  const counts = classes.map(() => 0);
  for (const label of labels) counts[label]++;
  return counts;
}
