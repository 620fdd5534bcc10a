/** A split that a seed decides, photo by photo. */
import { createHash } from "node:crypto";

/** The part of each class that is for validation where nobody asks for another. */
export const VAL_FRACTION = 0.2;

/**
 * The names in an order that looks random and depends on the seed and the names only: by the
 * SHA-256 of seed, class and name. A photo more or less hardly changes the rest of the order, so
 * the split of a growing collection stays nearly the same.
 */
export function shuffled<T>(
  items: readonly T[],
  key: (item: T) => string,
  seed: number,
  className: string,
): T[] {
  return items.map((item) => {
    const text = JSON.stringify([seed, className, key(item)]);
    return { item, rank: createHash("sha256").update(text).digest("hex") };
  }).sort((a, b) => a.rank < b.rank ? -1 : 1).map(({ item }) => item);
}

/** How many of `count` photos of a class are for validation: the nearest number, but at least one. */
export function valCount(count: number, valFraction: number): number {
  return Math.min(Math.max(1, Math.round(count * valFraction)), count - 1);
}
