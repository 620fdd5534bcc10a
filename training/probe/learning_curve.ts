/** What more photos have brought so far: the probe's accuracy when it learns from fewer. */
import { Generator } from "../../data/torch_random.ts";
import {
  type FoldOptions,
  type Labels,
  stratifiedGroupKFold,
  trainAndHeldOut,
} from "./cross_validation.ts";
import type { LabelledFeatures } from "./labelled_features.ts";
import { accuracyScore } from "./log_loss.ts";
import { answer, fitStandardised, preparePhotos } from "./standardised_fit.ts";

export interface LearningCurveOptions extends FoldOptions {
  /** The penalty of every fit: that of all photos, see `choosePenalty`. */
  C: number;
  /** Shares of the photos to learn from, ascending; a quarter, half and all when left out. */
  shares?: readonly number[];
  /** Of the fits; scikit-learn's 1e-4 when left out. */
  tol?: number;
}

export interface LearningCurvePoint {
  share: number;
  /** How many photos a fit learned from, on average. */
  trainSize: number;
  /** Share of the photos that fits which did not see them were right about. */
  accuracy: number;
}

/**
 * Cross-validated accuracy by the share of each class's photos that is learnt from. All shares are
 * asked about the same photos, and a smaller share's photos are among a larger one's.
 *
 * @throws {Error} as `stratifiedGroupKFold`.
 */
export function learningCurve(
  photos: LabelledFeatures,
  { C, shares = [0.25, 0.5, 1], tol = 1e-4, ...folds }: LearningCurveOptions,
): LearningCurvePoint[] {
  const { labels, classes } = photos;
  const foldOf = stratifiedGroupKFold(photos, folds);
  const prepared = preparePhotos(photos);
  const order = shuffledGroups(photos, folds.seed);
  const points = shares.map((share) => ({
    share,
    trainSize: 0,
    logits: new Float64Array(labels.length * classes.length),
  }));
  for (let fold = 0; fold < folds.nSplits; fold++) {
    const [, heldOut] = trainAndHeldOut(foldOf, fold);
    const train = order.filter((photo) => foldOf[photo] !== fold);
    for (const point of points) {
      const rows = shareOf(train, photos, point.share);
      point.trainSize += rows.length / folds.nSplits;
      answer(fitStandardised(prepared, { rows, C, tol }), prepared, heldOut, point.logits);
    }
  }
  return points.map(({ share, trainSize, logits }) => ({
    share,
    trainSize,
    accuracy: accuracyScore(logits, labels, classes.length),
  }));
}

/**
 * The first photos of each class, as many as the share says, and at least one: so that what is taken
 * of a smaller share is of a larger one too.
 *
 * @param photos indices in an order that chance gave
 */
export function shareOf(
  photos: Int32Array,
  { labels, classes }: Labels,
  share: number,
): Int32Array<ArrayBuffer> {
  const taken = classes.flatMap((_, label) => {
    const ofClass = [...photos.filter((photo) => labels[photo] === label)];
    return ofClass.slice(0, Math.max(1, Math.round(share * ofClass.length)));
  });
  return Int32Array.from(taken);
}

/** All photos in an order that the seed gives, those of a group together: half are half the groups. */
function shuffledGroups({ labels, groups }: Labels, seed: number): Int32Array {
  const order = [...new Generator(seed).randperm(labels.length)];
  if (!groups) return Int32Array.from(order);
  return Int32Array.from([...Map.groupBy(order, (photo) => groups[photo]).values()].flat());
}
