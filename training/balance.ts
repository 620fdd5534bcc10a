/** Classes that are rare count as much as frequent ones while a head is fitted. */
import type { Generator } from "../data/torch_random.ts";

/** How: not at all, by the weight of each photo in the loss, or by how often each photo is drawn. */
export type Balance = "none" | "loss" | "sample";

/** Photos to learn from by class, in the order of the classes. */
type Counts = readonly number[];

/** So many times as many photos as the rarest class has, and classes are uneven. */
const UNEVEN = 3;

/** `loss` where the most frequent class has three times the photos of the rarest, else `none`. */
function balanceFor(counts: Counts): "none" | "loss" {
  return Math.max(...counts) >= UNEVEN * Math.min(...counts) ? "loss" : "none";
}

/** What is made of rare classes where it is left to the counts, or to nobody. */
export function balanceTaken(
  asked: Balance | "auto" | undefined,
  counts: Counts,
): Balance {
  return asked === "auto" ? balanceFor(counts) : asked ?? "none";
}

/**
 * What a photo of each class counts, so that classes count alike and photos 1 on average: as
 * scikit-learn's `class_weight="balanced"`. A class without photos counts nothing.
 */
export function balancedWeights(counts: Counts): number[] {
  const there = counts.filter((count) => count > 0).length;
  return counts.map((count) => count === 0 ? 0 : total(counts) / (there * count));
}

/**
 * What is added to the logits of a model while it learns from photos that come as often as their class
 * weighs, so that the logits themselves stay those of the classes' true shares: the logarithms of the
 * weights. For the best logits by such photos are log p(class) + log weight, up to what is common to
 * all; so the rest, which is validated and kept, is log p(class). Menon et al. 2021, "Long-tail
 * learning via logit adjustment", https://arxiv.org/abs/2007.07314, take the same step the other way.
 *
 * @param counts above 0
 */
export function logitOffsets(counts: Counts): number[] {
  return balancedWeights(counts).map(Math.log);
}

/** How photos come while all layers learn; undefined where each comes once an epoch. */
export function rareClasses(
  asked: Balance | "auto" | undefined,
  labels: readonly number[],
  classes: number,
): { weights: number[]; logitOffsets: number[] } | undefined {
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of labels) counts[label]++;
  if (balanceTaken(asked, counts) === "none") return undefined;
  const byClass = balancedWeights(counts);
  return {
    weights: labels.map((label) => byClass[label]),
    logitOffsets: logitOffsets(counts),
  };
}

/**
 * How often each photo is drawn when as many are drawn as there are, with replacement, each class as
 * likely as any other: what torch's `WeightedRandomSampler` does with balanced weights.
 *
 * @param labels of the photos, indices of classes
 * @returns [photos]
 */
export function drawnBalanced(
  labels: ArrayLike<number>,
  classes: number,
  generator: Generator,
): Float64Array<ArrayBuffer> {
  const byClass = Array.from(
    { length: classes },
    (_, label) =>
      Array.from(labels, (_, photo) => photo).filter((photo) => labels[photo] === label),
  )
    .filter((photos) => photos.length > 0);
  const drawn = new Float64Array(labels.length);
  const pick = (below: number) => Math.min(below - 1, Math.floor(generator.uniform(0, below)));
  for (let i = 0; i < labels.length; i++) {
    const photos = byClass[pick(byClass.length)];
    drawn[photos[pick(photos.length)]]++;
  }
  // A class that chance left out cannot be fitted: one of its photos is drawn after all.
  for (const photos of byClass) {
    if (photos.every((photo) => drawn[photo] === 0)) drawn[photos[pick(photos.length)]] = 1;
  }
  return drawn;
}

/** Rounds of the correction; each brings shares closer by a factor, mostly a large one. */
const ROUNDS = 200;
const CLOSE = 1e-12;

/**
 * What is added to the logits of a model that learned from balanced classes, so that on average it
 * gives each class the share that it has. Saerens et al. 2002, "Adjusting the Outputs of a Classifier
 * to New a Priori Probabilities", https://doi.org/10.1162/089976602753284446, multiply by the ratio of
 * the shares, which is right for probabilities that are; those of a head that a penalty holds back
 * are too weak, and it would say the frequent class of nearly everything. So the factors are found by
 * photos that the model did not see. Added to the bias of the head, they go wherever the model goes.
 *
 * @param probabilities of photos that fits did not see, [photos × classes]
 * @param counts of the classes as they are
 * @returns offsets about 0, none further from it than the ratio of the shares asks for
 */
export function shareCorrection(probabilities: Float64Array, counts: Counts): number[] {
  const classes = counts.length, photos = probabilities.length / classes;
  const shares = counts.map((count) => count / total(counts));
  const most = Math.max(...shares.map((share) => Math.abs(Math.log(share * classes))));
  let offsets = counts.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    const factors = offsets.map(Math.exp);
    const mean = counts.map(() => 0);
    for (let at = 0; at < probabilities.length; at += classes) {
      let sum = 0;
      for (let k = 0; k < classes; k++) sum += probabilities[at + k] * factors[k];
      for (let k = 0; k < classes; k++) {
        mean[k] += probabilities[at + k] * factors[k] / sum / photos;
      }
    }
    const next = centred(offsets.map((offset, k) => offset + Math.log(shares[k] / mean[k])));
    const within = next.map((offset) => Math.min(most, Math.max(-most, offset)));
    const change = Math.max(...within.map((offset, k) => Math.abs(offset - offsets[k])));
    offsets = within;
    if (change < CLOSE) break;
  }
  return offsets;
}

function centred(offsets: number[]): number[] {
  const mean = total(offsets) / offsets.length;
  return offsets.map((offset) => offset - mean);
}

const total = (counts: Counts) => counts.reduce((sum, count) => sum + count, 0);
