/** Multinomial logistic regression as scikit-learn's `LogisticRegression` fits it. */
import { softmax } from "../../models/logits.ts";
import { minimise } from "./lbfgs.ts";
import type { LabelledFeatures } from "./labelled_features.ts";
import type { Matrix } from "./matrix.ts";
import { multiplyRows, paddedCount, paddedRows } from "./row_products.ts";
import { softmaxLoss } from "./softmax_loss.ts";
import type { StandardScaler } from "./standardise.ts";

/** What `nn.Linear` computes: a class's logit is its weights times the features, and its bias. */
export interface LinearClassifier {
  classes: number;
  features: number;
  /** [classes × features], as `nn.Linear.weight`. */
  coef: Float64Array;
  /** [classes] */
  intercept: Float64Array;
}

export interface LogisticRegressionOptions {
  /** How little weights are held back: the loss counts C times, summed over the photos. */
  C: number;
  /** Converged where no entry of the gradient of the mean loss is larger; 1e-10 when left out. */
  tol?: number;
  /** 10,000 when left out. */
  maxIter?: number;
  /** Photos to fit: indices of rows. All when left out. */
  rows?: Int32Array;
  /** Standardises features on the way: the result is for standardised ones. See `foldScaler`. */
  scaler?: StandardScaler;
  /** Where to start; zeros when left out. */
  warmStart?: LinearClassifier;
  /** As in `LbfgsOptions`, of weights and biases in `nn.Linear`'s order, one after the other. */
  precondition?: (vector: Float64Array) => void;
}

export interface FittedClassifier extends LinearClassifier {
  /** Steps of L-BFGS. */
  nIter: number;
  /** False where `maxIter` came before `tol`. */
  converged: boolean;
}

/**
 * Minimises C · Σ sampleWeight · cross-entropy + ½ ‖coef‖², intercepts free.
 *
 * With two classes, scikit-learn fits one vector of weights, w, and counts ½ ‖w‖². The same
 * probabilities come from −w/2 and +w/2, whose squares sum to half of that; so the penalty counts
 * twice here where there are two classes, and both give the same probabilities for the same C.
 *
 * @throws {Error} when a class has no photo among `rows`.
 * @throws {RangeError} when C is not above zero.
 */
export function fitLogisticRegression(
  { features, labels, classes, sampleWeight }: LabelledFeatures,
  options: LogisticRegressionOptions,
): FittedClassifier {
  const { C, tol = 1e-10, maxIter = 10_000, scaler, warmStart, precondition } = options;
  if (!(C > 0)) throw new RangeError(`C, the inverse of the penalty, is above zero, not ${C}`);
  const rows = options.rows ?? indices(features.rows);
  const total = rows.reduce((sum, row) => sum + (sampleWeight ? sampleWeight[row] : 1), 0);
  requireAllClasses(classes, labels, rows);
  const size = classes.length * features.columns;
  const start = new Float64Array(size + classes.length);
  if (warmStart) {
    start.set(warmStart.coef);
    start.set(warmStart.intercept, size);
  }
  const l2 = penaltyOf(C, total, classes.length);
  const loss = softmaxLoss({
    features,
    labels,
    classes: classes.length,
    rows,
    sampleWeight,
    scaler,
    l2,
  });
  const { x, nIter, converged } = minimise(loss, start, { tol, maxIter, precondition });
  return {
    classes: classes.length,
    features: features.columns,
    coef: x.slice(0, size),
    intercept: x.slice(size),
    nIter,
    converged,
  };
}

/** @throws {Error} when a class has no photo among `rows` */
export function requireAllClasses(
  classes: readonly string[],
  labels: ArrayLike<number>,
  rows: Int32Array,
): void {
  const seen = new Set(Array.from(rows, (row) => labels[row]));
  const missing = classes.find((_, label) => !seen.has(label));
  if (missing === undefined) return;
  throw new Error(
    `there is no photo of ${missing} to learn from: add some, or leave ${missing} out`,
  );
}

/** What half the squares of the weights are multiplied by beside the mean loss. */
export function penaltyOf(C: number, totalWeight: number, classes: number): number {
  return (classes === 2 ? 2 : 1) / (C * totalWeight);
}

/**
 * Logits, [rows × classes].
 *
 * @param rows indices; all rows when left out
 */
export function decisionFunction(
  { classes, features: columns, coef, intercept }: LinearClassifier,
  features: Matrix,
  rows: Int32Array = indices(features.rows),
): Float64Array<ArrayBuffer> {
  const count = paddedCount(classes), padded = paddedRows(rows);
  const vectors = new Float64Array(count * columns);
  vectors.set(coef);
  const products = new Float64Array(padded.length * count);
  multiplyRows(features, padded, vectors, count, products);
  const logits = new Float64Array(rows.length * classes);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < classes; k++) {
      logits[i * classes + k] = products[i * count + k] + intercept[k];
    }
  }
  return logits;
}

/** Probabilities, [rows × classes]; parameters as in `decisionFunction`. */
export function predictProba(
  classifier: LinearClassifier,
  features: Matrix,
  rows?: Int32Array,
): Float64Array<ArrayBuffer> {
  return probabilitiesOf(decisionFunction(classifier, features, rows), classifier.classes);
}

/** @param logits [photos × classes] */
export function probabilitiesOf(
  logits: Float64Array,
  classes: number,
): Float64Array<ArrayBuffer> {
  const probabilities = new Float64Array(logits.length);
  for (let at = 0; at < logits.length; at += classes) {
    probabilities.set(softmax(logits.subarray(at, at + classes)), at);
  }
  return probabilities;
}

const indices = (count: number) => Int32Array.from({ length: count }, (_, i) => i);
