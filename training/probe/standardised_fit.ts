/** Fits of some of the photos after others, as cross-validation needs them. */
import type { LabelledFeatures } from "./labelled_features.ts";
import {
  decisionFunction,
  fitLogisticRegression,
  type FittedClassifier,
  type LinearClassifier,
  penaltyOf,
} from "./logistic_regression.ts";
import { residentMatrix } from "./row_kernels.ts";
import { paddedCount } from "./row_products.ts";
import { type LowRankCovariance, nystrom, preconditioner } from "./preconditioner.ts";
import { fitStandardScaler, foldScaler, standardise, type StandardScaler } from "./standardise.ts";

export interface PreparedPhotos {
  /** Standardised over all photos: each fit's own means are then subtracted without loss. */
  photos: LabelledFeatures;
  /** Of all photos. */
  scaler: StandardScaler;
  covariance: LowRankCovariance;
}

export interface FitOptions {
  /** Photos to learn from. */
  rows: Int32Array;
  /** Of these photos; computed when left out. */
  scaler?: StandardScaler;
  C: number;
  tol: number;
  /** As in `preconditioner`; that of no knowledge when left out. */
  curvature?: number;
  /** A fit of the same rows, for standardised features. */
  warmStart?: LinearClassifier;
  /** As in `LogisticRegressionOptions`. */
  maxIter?: number;
}

export interface StandardisedFit {
  /** For features that are standardised by the rows that it learned from. */
  standardised: FittedClassifier;
  /** For the features of `PreparedPhotos`. */
  prepared: LinearClassifier;
}

export function preparePhotos(raw: LabelledFeatures): PreparedPhotos {
  const scaler = fitStandardScaler(raw.features);
  const { rows, columns } = raw.features;
  const resident = residentMatrix(rows, columns, paddedCount(raw.classes.length));
  const features = standardise(raw.features, scaler, resident);
  return { photos: { ...raw, features }, scaler, covariance: nystrom(features) };
}

/** Logistic regression on features that are standardised by the rows that it learns from. */
export function fitStandardised(
  { photos, covariance }: PreparedPhotos,
  { rows, C, tol, curvature, warmStart, maxIter, ...options }: FitOptions,
): StandardisedFit {
  const { sampleWeight } = photos, classes = photos.classes.length;
  const total = rows.reduce((sum, row) => sum + (sampleWeight ? sampleWeight[row] : 1), 0);
  const scaler = options.scaler ?? fitStandardScaler(photos.features, rows);
  const standardised = fitLogisticRegression(photos, {
    C,
    tol,
    rows,
    scaler,
    warmStart,
    maxIter,
    precondition: preconditioner(covariance, {
      curvature: curvature ?? 1 / classes,
      l2: penaltyOf(C, total, classes),
      classes,
    }),
  });
  return { standardised, prepared: foldScaler(standardised, scaler) };
}

/** Writes what a fit says of some photos into the logits of all, [photos × classes]. */
export function answer(
  { prepared }: StandardisedFit,
  { photos }: PreparedPhotos,
  rows: Int32Array,
  logits: Float64Array,
): void {
  const classes = photos.classes.length;
  const answers = decisionFunction(prepared, photos.features, rows);
  rows.forEach((row, i) => {
    logits.set(answers.subarray(i * classes, (i + 1) * classes), row * classes);
  });
}
