/**
 * Photos whose label is probably wrong, by what models say of them that did not see them: confident
 * learning, Northcutt et al. 2021 (https://doi.org/10.1613/jair.1.12125), as cleanlab 2 does it by
 * default (`find_label_issues`, `filter_by="prune_by_noise_rate"`).
 */
import { roundHalfEven } from "../../data/round_half_even.ts";
import { argmax } from "../../models/logits.ts";

/** What is known of photos: their labels, and out-of-fold probabilities. */
export interface Judged {
  /** [photos] */
  labels: Int32Array;
  /** [photos × classes] */
  probabilities: Float64Array;
  classes: number;
}

/** cleanlab's: by so much the label given is favoured, and thresholds are lowered. */
const TINY = 1e-6;
/** Of each class, at least so many photos are left alone. */
const LEFT = 1;

/** @returns positions of photos, the one whose label is least probable first */
export function findLabelIssues(judged: Judged): number[] {
  const { labels, probabilities, classes } = judged;
  const joint = calibrated(confidentJoint(judged), labels);
  const counts = atLeastOneOfEach(joint);
  const found = new Set<number>();
  for (let given = 0; given < classes; given++) {
    const photos = [...labels.keys()].filter((photo) => labels[photo] === given);
    if (photos.length <= LEFT) continue;
    for (let other = 0; other < classes; other++) {
      const count = other === given ? 0 : counts[given][other];
      if (count <= 0) continue;
      const margin = (photo: number) =>
        probabilities[photo * classes + other] - probabilities[photo * classes + given];
      photos.toSorted((a, b) => margin(b) - margin(a)).slice(0, count)
        .forEach((photo) => found.add(photo));
    }
  }
  const isDisputed = (photo: number) => {
    const row = probabilities.slice(photo * classes, (photo + 1) * classes);
    row[labels[photo]] += TINY;
    return argmax(row) !== labels[photo];
  };
  const quality = (photo: number) => probabilities[photo * classes + labels[photo]];
  return [...found].filter(isDisputed).sort((a, b) => quality(a) - quality(b) || a - b);
}

/**
 * How many photos with one label are confidently of a class: as probable as it is, on average, of
 * photos that are labelled so.
 * @returns [given][true]
 */
function confidentJoint({ labels, probabilities, classes }: Judged): number[][] {
  const sums = new Array<number>(classes).fill(0), counts = new Array<number>(classes).fill(0);
  labels.forEach((label, photo) => {
    sums[label] += probabilities[photo * classes + label];
    counts[label]++;
  });
  // Of a class that no photo has, none is.
  const thresholds = sums.map((sum, k) =>
    counts[k] === 0 ? Infinity : Math.max(sum / counts[k], 2 * TINY)
  );
  const joint = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, photo) => {
    const row = probabilities.subarray(photo * classes, (photo + 1) * classes);
    const confident = thresholds.keys().filter((k) => row[k] >= thresholds[k] - TINY).toArray();
    if (confident.length === 0) return;
    joint[label][confident.length > 1 ? argmax(row) : confident[0]]++;
  });
  joint.forEach((row, k) => row[k] = Math.max(1, row[k]));
  return joint;
}

/** Scaled so that each row has as many photos as have that label, in whole numbers. */
function calibrated(joint: readonly number[][], labels: Int32Array): number[][] {
  return joint.map((row, k) => {
    const count = labels.reduce((sum, label) => sum + +(label === k), 0);
    const sum = total(row);
    return roundKeepingSum(row.map((value) => value / sum * count));
  });
}

/** Leaves a photo of each class alone: taken evenly from what is to be looked at of its column. */
function atLeastOneOfEach(joint: readonly number[][]): number[][] {
  return joint.map((row, given) => {
    const missing = Math.max(row[given], LEFT) - row[given];
    const others = Math.max(row.filter((count) => count !== 0).length - 1, 1);
    return row.map((count, other) =>
      other === given ? Math.max(count, LEFT) : Math.trunc(Math.max(0, count - missing / others))
    );
  });
}

/** Whole numbers whose sum is that of the numbers: those change that were rounded most. */
function roundKeepingSum(values: readonly number[]): number[] {
  const rounded = values.map(roundHalfEven);
  const wanted = roundHalfEven(total(values));
  for (let sum = total(rounded); sum !== wanted; sum = total(rounded)) {
    const step = Math.sign(wanted - sum);
    const order = values.map((value, i) => ({ i, off: value - rounded[i] }))
      .sort((a, b) => a.off - b.off || a.i - b.i);
    if (step > 0) order.reverse();
    for (const { i } of order.slice(0, Math.abs(wanted - sum))) rounded[i] += step;
  }
  return rounded;
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
