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
 * The cross-entropy of photos at some weights, and its gradient: sums over photos, so that some can
 * come and others go while the weights stay.
 */
export class PhotoLoss {
  /** For features as they lie in the matrix, [classes × columns] and what fills them up. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  #loss = 0;
  readonly #sums: Float64Array;
  readonly #biasSums: Float64Array;
  readonly #logits: Float64Array;

  constructor(private readonly classes: number, private readonly columns: number) {
    const vectors = paddedCount(classes);
    this.weights = new Float64Array(vectors * columns);
    this.bias = new Float64Array(classes);
    this.#sums = new Float64Array(vectors * columns);
    this.#biasSums = new Float64Array(classes);
    this.#logits = new Float64Array(BLOCK * vectors);
  }

  clear(): void {
    this.#loss = 0;
    this.#sums.fill(0);
    this.#biasSums.fill(0);
  }

  /**
   * @param rows as `paddedRows` gives them
   * @param count of those that are no filling
   * @param share what a row counts for
   */
  add(
    features: Matrix,
    labels: ArrayLike<number>,
    rows: Int32Array,
    count: number,
    share: (row: number) => number,
  ): void {
    const vectors = paddedCount(this.classes);
    for (let from = 0; from < rows.length; from += BLOCK) {
      const block = rows.subarray(from, from + BLOCK);
      multiplyRows(features, block, this.weights, vectors, this.#logits);
      for (let i = 0; i < block.length; i++) {
        // Those beyond the last row and class weigh nothing.
        const counts = from + i < count ? share(block[i]) : 0;
        const row = this.#logits.subarray(i * vectors, (i + 1) * vectors);
        this.#loss += crossEntropy(row, this.bias, labels[block[i]], counts);
        for (let k = 0; k < this.classes; k++) this.#biasSums[k] += row[k];
      }
      addRows(features, block, this.#logits, vectors, this.#sums);
    }
  }

  /** Every photo counts so many times what it counted. */
  scale(factor: number): void {
    this.#loss *= factor;
    for (let at = 0; at < this.#sums.length; at++) this.#sums[at] *= factor;
    for (let k = 0; k < this.classes; k++) this.#biasSums[k] *= factor;
  }

  /**
   * Writes the gradient by weights and biases of standardised features, and the penalty's, which is
   * returned with the loss.
   *
   * @param x the weights and biases that `weights` and `bias` were made of
   */
  penalised(
    x: Float64Array,
    scaler: StandardScaler | undefined,
    l2: number,
    gradient: Float64Array,
  ): number {
    const { classes, columns } = this, sums = this.#sums, biasSums = this.#biasSums;
    gradient.set(biasSums, classes * columns);
    let squares = 0;
    for (let k = 0, at = 0; k < classes; k++) {
      for (let d = 0; d < columns; d++, at++) {
        const ofLoss = scaler
          ? (sums[at] - scaler.mean[d] * biasSums[k]) / scaler.scale[d]
          : sums[at];
        gradient[at] = ofLoss + l2 * x[at];
        squares += x[at] * x[at];
      }
    }
    return this.#loss + l2 / 2 * squares;
  }
}

/**
 * The mean cross-entropy of a linear classifier, weighted by `sampleWeight`, and its penalty.
 *
 * @param photos where each evaluation is left
 * @returns an objective of [classes × features] weights, then [classes] biases
 */
export function softmaxLoss(
  { features, labels, classes, rows, sampleWeight, scaler, l2 }: SoftmaxLossOptions,
  photos: PhotoLoss = new PhotoLoss(classes, features.columns),
): Objective {
  const weightOf = (row: number) => sampleWeight ? sampleWeight[row] : 1;
  const total = rows.reduce((sum, row) => sum + weightOf(row), 0);
  const padded = paddedRows(rows);
  return (x, gradient) => {
    unscale(x, scaler, classes, features.columns, photos.weights, photos.bias);
    photos.clear();
    photos.add(features, labels, padded, rows.length, (row) => weightOf(row) / total);
    return photos.penalised(x, scaler, l2, gradient);
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
