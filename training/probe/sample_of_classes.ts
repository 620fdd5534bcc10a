import { Generator } from "../../data/torch_random.ts";

/** Of each class so many are taken where there are as many, so that it can be divided into folds. */
const LEAST = 10;

/**
 * About so many photos, each class in proportion, but rare ones with `LEAST` where they have as many.
 *
 * @param labels of all photos
 * @returns indices, ascending; all where there are no more
 */
export function sampleOfClasses(
  labels: ArrayLike<number>,
  { photos, seed }: { photos: number; seed: number },
): Int32Array<ArrayBuffer> {
  const all = Int32Array.from({ length: labels.length }, (_, i) => i);
  if (labels.length <= photos) return all;
  const order = Array.from(new Generator(seed).randperm(labels.length));
  const taken = [...Map.groupBy(order, (i) => labels[i]).values()].flatMap((ofClass) => {
    const share = Math.round(ofClass.length * photos / labels.length);
    return ofClass.slice(0, Math.max(share, LEAST));
  });
  return Int32Array.from(taken).sort();
}
