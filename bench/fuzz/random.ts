/** Chance that can be repeated. */

export interface Random {
  /** In [0, 1). */
  (): number;
}

/** The numbers of one case: the same for the same campaign, kind and case (mulberry32). */
export function randomOf(seed: number, kind: string, number: number): Random {
  let state = seed | 0;
  for (const code of [...kind].map((c) => c.charCodeAt(0)).concat(number)) {
    state = Math.imul(state ^ code, 0x9E3779B1) ^ (state >>> 15);
  }
  return () => {
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number in [0, below). */
export const below = (random: Random, limit: number): number => Math.floor(random() * limit);

export const pick = <T>(random: Random, items: readonly T[]): T =>
  items[below(random, items.length)];
