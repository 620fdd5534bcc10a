/** Photos that show the same, found without comparing each with each. */
import { showsTheSame } from "./aligned_likeness.ts";
import { DisjointSets } from "./disjoint_sets.ts";
import { type Fingerprint, hashDistance, isFlat, likeness, ones } from "./fingerprint.ts";

/** What makes two photos near duplicates, beside a mean colour that is alike. */
interface Rule {
  /** Bits of the hash that may differ. */
  distance: number;
  isLike(a: Fingerprint, b: Fingerprint): boolean;
}

/**
 * Copies: resized, recompressed, brightened, grey and slightly cropped ones. Aligned first, and alike in
 * every part, so that different objects before one backdrop stay apart. None of the 78,606 pairs of the
 * tutorial's photos comes near (the closest have 14 bits and a likeness of 0.36).
 */
const USUAL: Rule = {
  distance: 10,
  isLike(a, b) {
    if (likeness(a, b) < LEAST_LIKENESS) return false;
    // Flat photos have no parts to align: they are alike as `likeness` says.
    if (isFlat(a) || isFlat(b)) return likeness(a, b) === 1;
    return showsTheSame(a.luma, b.luma);
  },
};
/** Before it is aligned, a crop by a tenth is at least so like the whole; it is quickly told. */
const LEAST_LIKENESS = 0.4;
/**
 * Where all photos look alike, as those of solar cells do (2% of their pairs have 10 bits and a likeness
 * of 0.9), only copies can be told: no two of 901 cells are above 0.9985.
 */
const ALL_ALIKE: Rule = { distance: 4, isLike: (a, b) => likeness(a, b) >= 0.999 };
/** Median likeness of photos drawn at random from which on they all look alike. */
const ALIKE = 0.5;
const SAMPLED_PAIRS = 2000;
const MOST_CHROMA = 12;
/** Largest difference of colour channels in a grey photo: JPEG makes a little. */
const GREY = 6;

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
    hasLikeColour(a, b) && rule.isLike(a, b);
}

/** A grey photo may be a copy of one in colour. */
function hasLikeColour(a: Fingerprint, b: Fingerprint): boolean {
  return a.colourfulness <= GREY || b.colourfulness <= GREY ||
    a.chroma.every((value, i) => Math.abs(value - b.chroma[i]) <= MOST_CHROMA);
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
