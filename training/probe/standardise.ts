import type { LinearClassifier } from "./logistic_regression.ts";
import type { Matrix } from "./matrix.ts";

/** scikit-learn's `StandardScaler`: a standardised feature is (feature − mean) / scale. */
export interface StandardScaler {
  /** [features] */
  mean: Float64Array;
  /** [features]; the standard deviation, by n and not n − 1, or 1 where the feature is constant. */
  scale: Float64Array;
}

/**
 * Mean and standard deviation of each feature over some rows. As in scikit-learn, a feature is
 * constant where its variance is no more than rounding makes.
 *
 * @param rows indices; all rows when left out
 */
export function fitStandardScaler(features: Matrix, rows?: Int32Array): StandardScaler {
  const { columns, data } = features;
  const count = rows?.length ?? features.rows;
  const mean = new Float64Array(columns), variance = new Float64Array(columns);
  const offset = (i: number) => (rows ? rows[i] : i) * columns;
  for (let i = 0; i < count; i++) {
    for (let d = 0, at = offset(i); d < columns; d++) mean[d] += data[at + d];
  }
  for (let d = 0; d < columns; d++) mean[d] /= count;
  for (let i = 0; i < count; i++) {
    for (let d = 0, at = offset(i); d < columns; d++) variance[d] += (data[at + d] - mean[d]) ** 2;
  }
  return { mean, scale: variance.map((sum, d) => scaleOf(sum, mean[d], count)) };
}

/** @param sum of the squares of what differs from the mean */
export function scaleOf(sum: number, mean: number, count: number): number {
  const rounding = Number.EPSILON * sum + (count * mean * Number.EPSILON) ** 2;
  return sum / count <= rounding ? 1 : Math.sqrt(sum / count);
}

/** Each row standardised, into a matrix of the same shape: in new memory where none is given. */
export function standardise(
  { rows, columns, data }: Matrix,
  { mean, scale }: StandardScaler,
  to: Matrix = { rows, columns, data: new Float64Array(data.length) },
): Matrix {
  const result = to.data;
  for (let i = 0, at = 0; i < rows; i++) {
    for (let d = 0; d < columns; d++, at++) result[at] = (data[at] - mean[d]) / scale[d];
  }
  return to;
}

/** The classifier that gives features as they are the logits that `classifier` gives standardised ones. */
export function foldScaler(
  classifier: LinearClassifier,
  { mean, scale }: StandardScaler,
): LinearClassifier {
  const { classes, features } = classifier;
  const coef = classifier.coef.slice(), intercept = classifier.intercept.slice();
  for (let k = 0; k < classes; k++) {
    for (let d = 0; d < features; d++) {
      const weight = coef[k * features + d] / scale[d];
      coef[k * features + d] = weight;
      intercept[k] -= weight * mean[d];
    }
  }
  return { classes, features, coef, intercept };
}

/** The classifier of standardised features that `foldScaler` makes `classifier` of. */
export function unfoldScaler(
  classifier: LinearClassifier,
  { mean, scale }: StandardScaler,
): LinearClassifier {
  const { classes, features } = classifier;
  const coef = classifier.coef.slice(), intercept = classifier.intercept.slice();
  for (let k = 0; k < classes; k++) {
    for (let d = 0; d < features; d++) {
      intercept[k] += coef[k * features + d] * mean[d];
      coef[k * features + d] *= scale[d];
    }
  }
  return { classes, features, coef, intercept };
}
