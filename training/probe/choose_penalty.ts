/** How strongly the probe's weights are held back, by cross-validation. */
import { CLEAR_RISE, risesClearly } from "./clear_rise.ts";
import { type FoldOptions, stratifiedGroupKFold, trainAndHeldOut } from "./cross_validation.ts";
import type { LabelledFeatures } from "./labelled_features.ts";
import { accuracyScore, photoLosses } from "./log_loss.ts";
import {
  type FittedClassifier,
  type LinearClassifier,
  probabilitiesOf,
} from "./logistic_regression.ts";
import { CS } from "./penalties.ts";
import { fitStandardScaler, foldScaler } from "./standardise.ts";
import { answer, fitStandardised, preparePhotos } from "./standardised_fit.ts";

export interface PenaltyOptions extends FoldOptions {
  /** Ascending; `CS` when left out. */
  Cs?: readonly number[];
  /**
   * Of the fits that are compared, as a share of the log loss where that is below 1, so that small
   * log losses are as exact as large ones: 1e-6 where that takes seconds, else scikit-learn's own
   * 1e-4, which leaves log losses of weak penalties, C from 1 on, uncertain by a hundredth or two.
   * Of the last fit, 1e-8.
   */
  tol?: { compared?: number; final?: number };
}

export interface ChosenPenalty {
  C: number;
  /** Log loss of photos that a fit did not see, mean over the photos, for each C that was tried. */
  curve: { C: number; logLoss: number }[];
  /** Weaker penalties that were not tried in all parts, since the log loss rose clearly. */
  untried: number[];
  /** What fits with the chosen C say of the photos that they did not see. */
  outOfFold: {
    /** Part of each photo, [photos]. */
    foldOf: Int32Array;
    /** [photos × classes] */
    probabilities: Float64Array;
    /** Share of photos whose likeliest class is theirs. */
    accuracy: number;
  };
  /** Fitted to all photos, for features that are not standardised. */
  classifier: FittedClassifier;
}

/** Log losses closer than this share count as equal, and the stronger penalty wins. */
const TIE = 1e-3;
/** Photos × features × classes that fits are no matter of minutes for. */
const QUICK = 1e7;
const NONE = new Float64Array(0);

interface Best {
  C: number;
  logLoss: number;
  /** Of each photo. */
  losses: Float64Array;
  /** Of photos that a fit did not see, [photos × classes]. */
  logits: Float64Array;
  /** Where the fit of all photos starts. */
  start?: LinearClassifier;
}

/**
 * Chooses C by the log loss of stratified cross-validation and fits all photos with it. Features are
 * standardised by the photos that a fit learns from. Sample weights, where there are any, count in
 * the fits and in the log loss, not in the accuracy.
 *
 * @throws {Error} as `stratifiedGroupKFold`.
 */
export function choosePenalty(
  raw: LabelledFeatures,
  { Cs = CS, tol: tols = {}, ...folds }: PenaltyOptions,
): ChosenPenalty {
  const { labels, sampleWeight } = raw, classes = raw.classes.length;
  const quick = raw.features.data.length * classes < QUICK;
  const { compared = quick ? 1e-6 : 1e-4, final = 1e-8 } = tols;
  const foldOf = stratifiedGroupKFold(raw, folds);
  const prepared = preparePhotos(raw);
  const parts = Array.from({ length: folds.nSplits }, (_, fold) => {
    const [rows, heldOut] = trainAndHeldOut(foldOf, fold);
    return { rows, heldOut, scaler: fitStandardScaler(prepared.photos.features, rows) };
  });
  const starts: LinearClassifier[] = [];
  const curve: ChosenPenalty["curve"] = [];
  let best: Best = { C: NaN, logLoss: Infinity, losses: NONE, logits: NONE };
  let curvature: number | undefined;
  const total = sampleWeight?.reduce((sum, weight) => sum + weight, 0);
  /** So weighted that their mean is the log loss. */
  const weightedLosses = (logits: Float64Array) => {
    const losses = photoLosses(logits, labels, classes);
    return sampleWeight
      ? losses.map((loss, i) => loss * sampleWeight[i] * labels.length / total!)
      : losses;
  };
  path: for (const C of Cs) {
    const asked: number[] = [];
    const tol = compared * Math.min(1, curve.at(-1)?.logLoss ?? 1);
    const logits = new Float64Array(labels.length * classes);
    for (const [fold, { rows, heldOut, scaler }] of parts.entries()) {
      const warmStart = starts[fold];
      const fit = fitStandardised(prepared, { rows, scaler, C, tol, curvature, warmStart });
      starts[fold] = fit.standardised;
      answer(fit, prepared, heldOut, logits);
      for (const photo of heldOut) asked.push(photo);
      const done = fold + 1 === parts.length;
      if (!done && curve.length > 0 && risesClearly(best.losses, weightedLosses(logits), asked)) {
        break path;
      }
    }
    const losses = weightedLosses(logits);
    const loss = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    const rises = curve.length > 0 && loss > curve.at(-1)!.logLoss;
    curve.push({ C, logLoss: loss });
    if (loss < best.logLoss * (1 - TIE)) {
      best = { C, logLoss: loss, losses, logits, start: starts[0] };
    }
    if (rises && loss > CLEAR_RISE * best.logLoss) break;
    curvature = meanCurvature(logits, classes);
  }
  const { C, logits, start } = best;
  const { standardised, prepared: forPrepared } = fitStandardised(prepared, {
    rows: foldOf.map((_, photo) => photo),
    C,
    tol: final,
    curvature: meanCurvature(logits, classes),
    warmStart: start,
  });
  return {
    C,
    curve,
    untried: Cs.slice(curve.length),
    outOfFold: {
      foldOf,
      probabilities: probabilitiesOf(logits, classes),
      accuracy: accuracyScore(logits, labels, classes),
    },
    classifier: { ...standardised, ...foldScaler(forPrepared, prepared.scaler) },
  };
}

/** Of the loss by a logit, mean over the photos: 1 / classes while all are as likely. */
export function meanCurvature(logits: Float64Array, classes: number): number {
  const probabilities = probabilitiesOf(logits, classes);
  const sum = probabilities.reduce((sum, p) => sum + p * (1 - p), 0);
  return Math.max(1e-6, sum / (classes - 1) / (logits.length / classes));
}
