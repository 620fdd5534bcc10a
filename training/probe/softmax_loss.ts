import type { Objective } from "./lbfgs.ts";
import type { Matrix } from "./matrix.ts";
import { addRows, multiplyRows, paddedCount, paddedRows } from "./row_products.ts";
import type { StandardScaler } from "./standardise.ts";

export interface SoftmaxLossOptions {
  features: Matrix;
  /** [features.rows] */
  labels: ArrayLike<number>;
  classes: number;
  /** Photos that count: indices of rows. */
  rows: Int32Array;
  /** [features.rows]; 1 each when left out. */
  sampleWeight?: ArrayLike<number>;
  /** What standardises the features on the way, where they are not so. */
  scaler?: StandardScaler;
  /** Half of this times the square of each weight is added to the loss. */
  l2: number;
}

/** Rows that are read from memory once, for the logits and for the gradient. */
const BLOCK = 64;

/**
 * The mean cross-entropy of a linear classifier, weighted by `sampleWeight`, and its penalty.
 *
 * @returns an objective of [classes × features] weights, then [classes] biases
 */
export function softmaxLoss(options: SoftmaxLossOptions): Objective {
  const { features, labels, classes, rows, sampleWeight, scaler, l2 } = options;
  const { columns } = features;
  const vectors = paddedCount(classes);
  const weightOf = (row: number) => sampleWeight ? sampleWeight[row] : 1;
  const total = rows.reduce((sum, row) => sum + weightOf(row), 0);
  // Those beyond the last row and class weigh nothing.
  const padded = paddedRows(rows);
  const logits = new Float64Array(BLOCK * vectors);
  const weights = new Float64Array(vectors * columns);
  const sums = new Float64Array(vectors * columns);
  const bias = new Float64Array(classes);

  return (x, gradient) => {
    unscale(x, scaler, classes, columns, weights, bias);
    sums.fill(0);
    gradient.fill(0);
    const biasGradient = gradient.subarray(classes * columns);
    let loss = 0;
    for (let from = 0; from < padded.length; from += BLOCK) {
      const block = padded.subarray(from, from + BLOCK);
      multiplyRows(features, block, weights, vectors, logits);
      for (let i = 0; i < block.length; i++) {
        const share = from + i < rows.length ? weightOf(block[i]) / total : 0;
        const row = logits.subarray(i * vectors, (i + 1) * vectors);
        loss += crossEntropy(row, bias, labels[block[i]], share);
        for (let k = 0; k < classes; k++) biasGradient[k] += row[k];
      }
      addRows(features, block, logits, vectors, sums);
    }
    let squares = 0;
    for (let k = 0, at = 0; k < classes; k++) {
      for (let d = 0; d < columns; d++, at++) {
        const ofLoss = scaler
          ? (sums[at] - scaler.mean[d] * biasGradient[k]) / scaler.scale[d]
          : sums[at];
        gradient[at] = ofLoss + l2 * x[at];
        squares += x[at] * x[at];
      }
    }
    return loss + l2 / 2 * squares;
  };
}

/** Weights and biases for features that are not standardised. */
function unscale(
  x: Float64Array,
  scaler: StandardScaler | undefined,
  classes: number,
  columns: number,
  weights: Float64Array,
  bias: Float64Array,
): void {
  weights.set(x.subarray(0, classes * columns));
  bias.set(x.subarray(classes * columns));
  if (!scaler) return;
  for (let k = 0, at = 0; k < classes; k++) {
    for (let d = 0; d < columns; d++, at++) {
      weights[at] /= scaler.scale[d];
      bias[k] -= weights[at] * scaler.mean[d];
    }
  }
}

/** Turns a photo's logits into the gradient by them; returns its part of the loss. */
function crossEntropy(
  row: Float64Array,
  bias: Float64Array,
  label: number,
  share: number,
): number {
  const classes = bias.length;
  let top = -Infinity;
  for (let k = 0; k < classes; k++) {
    row[k] += bias[k];
    if (row[k] > top) top = row[k];
  }
  const ofLabel = row[label] - top;
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    row[k] = Math.exp(row[k] - top);
    sum += row[k];
  }
  for (let k = 0; k < classes; k++) row[k] *= share / sum;
  row[label] -= share;
  row.fill(0, classes);
  return share * (Math.log(sum) - ofLabel);
}
