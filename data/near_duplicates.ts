/** Photos that show the same, found without comparing each with each. */
import { type Fingerprint, hashDistance, likeness, ones } from "./fingerprint.ts";

/** What makes two photos near duplicates: bits of the hash, likeness, and mean colour. */
interface Rule {
  distance: number;
  likeness: number;
}

/**
 * Copies, resized and recompressed ones, slight crops and shots of a burst. Of the 78,606 pairs of the
 * tutorial's photos none comes near (the closest have 14 bits and a likeness of 0.36).
 */
const USUAL: Rule = { distance: 10, likeness: 0.9 };
/**
 * Where all photos look alike, as those of solar cells do (2% of their pairs obey the rule above), only
 * copies can be told: no two of 901 cells are above 0.9985.
 */
const ALL_ALIKE: Rule = { distance: 4, likeness: 0.999 };
/** Median likeness of photos drawn at random from which on they all look alike. */
const ALIKE = 0.5;
const SAMPLED_PAIRS = 2000;
const MOST_CHROMA = 12;

const CHUNK_BITS = 16;

/**
 * Groups of near duplicates, by position; photos without any are in none. Groups are in the order of
 * their first photo.
 *
 * Hashes are looked up by their four parts of 16 bits: of two that differ in at most 11 bits, one part
 * differs in at most 2. Norouzi et al. 2012, "Fast Search in Hamming Space with Multi-Index Hashing".
 */
export function nearDuplicates(photos: readonly Fingerprint[]): number[][] {
  const rule = allAlike(photos) ? ALL_ALIKE : USUAL;
  const groups = new DisjointSets(photos.length);
  const leaders = leadersOf(photos, rule, groups);
  const masks = masksOf(Math.floor(rule.distance / 4));
  // Beside each other in memory: they are what most of the time goes into.
  const [first, second] = [0, 1].map((half) =>
    Int32Array.from(leaders, (photo) => photos[photo].hash[half])
  );
  for (let part = 0; part < 4; part++) {
    const keys = Uint16Array.from(leaders, (photo) => partOf(photos[photo].hash, part));
    const { starts, items } = sortByKey(keys);
    for (let i = 0; i < leaders.length; i++) {
      const photo = leaders[i];
      for (let m = 0; m < masks.length; m++) {
        const key = keys[i] ^ masks[m];
        for (let at = starts[key]; at < starts[key + 1] && items[at] < i; at++) {
          const j = items[at];
          if (ones(first[i] ^ first[j]) + ones(second[i] ^ second[j]) > rule.distance) continue;
          const other = leaders[j];
          if (groups.find(other) === groups.find(photo)) continue;
          if (isNear(photos[other], photos[photo], rule)) groups.join(other, photo);
        }
      }
    }
  }
  return groups.several();
}

function isNear(a: Fingerprint, b: Fingerprint, rule: Rule): boolean {
  return hashDistance(a.hash, b.hash) <= rule.distance &&
    a.chroma.every((value, i) => Math.abs(value - b.chroma[i]) <= MOST_CHROMA) &&
    likeness(a, b) >= rule.likeness;
}

/** Whether photos that have nothing to do with each other look alike here. */
function allAlike(photos: readonly Fingerprint[]): boolean {
  if (photos.length < 3) return false;
  const found: number[] = [];
  let state = 1;
  const draw = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const pairs = Math.min(SAMPLED_PAIRS, photos.length * (photos.length - 1) / 2);
  while (found.length < pairs) {
    const [a, b] = [draw(), draw()].map((share) => Math.floor(share * photos.length));
    if (a !== b) found.push(likeness(photos[a], photos[b]));
  }
  return found.sort((a, b) => a - b)[found.length >> 1] >= ALIKE;
}

/** Of photos with the very same hash, those that are like no earlier one; the others join it. */
function leadersOf(
  photos: readonly Fingerprint[],
  rule: Rule,
  groups: DisjointSets,
): number[] {
  const byHash = new Map<string, number[]>();
  return photos.flatMap(({ hash }, photo) => {
    const key = hash.join();
    const leaders = byHash.get(key) ?? [];
    byHash.set(key, leaders);
    const leader = leaders.find((leader) => isNear(photos[leader], photos[photo], rule));
    if (leader !== undefined) {
      groups.join(leader, photo);
      return [];
    }
    leaders.push(photo);
    return [photo];
  });
}

/** Positions sorted by their key of 16 bits, then by themselves: those of `key` begin at `starts[key]`. */
function sortByKey(keys: Uint16Array): { starts: Uint32Array; items: Uint32Array } {
  const starts = new Uint32Array(2 ** CHUNK_BITS + 1);
  for (const key of keys) starts[key + 1]++;
  for (let key = 0; key < 2 ** CHUNK_BITS; key++) starts[key + 1] += starts[key];
  const next = starts.slice();
  const items = new Uint32Array(keys.length);
  keys.forEach((key, i) => items[next[key]++] = i);
  return { starts, items };
}

const partOf = (hash: readonly [number, number], part: number) =>
  hash[part >> 1] >>> (part & 1) * CHUNK_BITS & 0xffff;

/** All 16-bit numbers with at most `most` bits set. */
function masksOf(most: number): number[] {
  const masks = [0];
  for (let bits = 0; bits < most; bits++) {
    for (const mask of [...masks]) {
      for (let bit = 0; bit < CHUNK_BITS; bit++) masks.push(mask | 1 << bit);
    }
  }
  return [...new Set(masks)];
}

/** Union-find. Tarjan 1975, https://doi.org/10.1145/321879.321884. */
class DisjointSets {
  readonly #above: Int32Array;

  constructor(count: number) {
    this.#above = Int32Array.from({ length: count }, (_, i) => i);
  }

  find(item: number): number {
    while (this.#above[item] !== item) {
      item = this.#above[item] = this.#above[this.#above[item]];
    }
    return item;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.find(a), this.find(b)].sort((x, y) => x - y);
    this.#above[second] = first;
  }

  /** Sets with more than one item. */
  several(): number[][] {
    const sets = Map.groupBy(this.#above.keys(), (item) => this.find(item));
    return [...sets.values()].filter(({ length }) => length > 1);
  }
}
