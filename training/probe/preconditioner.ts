/**
 * A first guess of the Hessian of logistic regression, which saves L-BFGS many of its steps: how the
 * features vary together is known at once along the few directions where they vary most, and taken
 * to be the same along all others. Nyström's approximation of their covariance, as in Frangella,
 * Tropp and Udell 2023, https://doi.org/10.1137/21M1466244.
 */
import { Generator } from "../../data/torch_random.ts";
import { cholesky, solveCholesky, solveLower } from "./cholesky.ts";
import type { Matrix } from "./matrix.ts";
import { LEAST_VECTORS, residentMatrix } from "./row_kernels.ts";
import { addRows, multiplyRows, paddedCount, paddedRows } from "./row_products.ts";

/** Mean over photos of feature × feature ≈ vectorsᵀ vectors + tail · identity. */
export interface LowRankCovariance {
  rank: number;
  columns: number;
  /** [rank × columns] */
  vectors: Matrix;
  /** Of the vectors with each other, [rank × rank]. */
  products: Float64Array;
  tail: number;
}

/** Directions that are known; more cost more than the steps that they save. */
const RANK = 64;
const SEED = 0;
const NONE = new Float64Array(0);

/** @param features whose means are zero */
export function nystrom(features: Matrix, rank: number = RANK): LowRankCovariance {
  const { columns } = features;
  // An even count, and no more than there are directions.
  rank = 2 * Math.floor(Math.min(rank, columns, features.rows) / 2);
  const vectors = residentMatrix(rank, columns, LEAST_VECTORS);
  if (rank === 0) return { rank, columns, vectors, products: NONE, tail: 1 };
  const generator = new Generator(SEED);
  let probes = Float64Array.from({ length: rank * columns }, () => generator.uniformDouble() - 0.5);
  probes = orthonormal(timesCovariance(features, probes, rank), rank, columns);
  const image = timesCovariance(features, probes, rank);
  const core = outerProducts(probes, image, rank, columns);
  const trace = core.reduce((sum, value, at) => at % (rank + 1) === 0 ? sum + value : sum, 0);
  for (let k = 0; k < rank; k++) core[k * rank + k] += 1e-9 * trace + Number.MIN_VALUE;
  solveLower(cholesky(core, rank), rank, image, columns);
  let total = 0, known = 0;
  for (const value of features.data) total += value * value;
  for (const value of image) known += value * value;
  const tail = Math.max(0, total / features.rows - known) / Math.max(1, columns - rank);
  vectors.data.set(image);
  return {
    rank,
    columns,
    vectors,
    products: outerProducts(image, image, rank, columns),
    tail,
  };
}

/**
 * Multiplies by the inverse of the guess, in place.
 *
 * @param curvature of the loss by a logit, on average
 * @param l2 as in `softmaxLoss`
 * @returns for [classes × columns] weights, then [classes] biases
 */
export function preconditioner(
  { rank, columns, vectors, products, tail }: LowRankCovariance,
  { curvature, l2, classes }: { curvature: number; l2: number; classes: number },
): (vector: Float64Array) => void {
  // Woodbury: the inverse of s + c VᵀV is (1 − Vᵀ (s/c + V Vᵀ)⁻¹ V) / s.
  const flat = l2 + curvature * tail;
  const inner = products.slice();
  for (let k = 0; k < rank; k++) inner[k * rank + k] += flat / curvature;
  const L = cholesky(inner, rank);
  const along = new Float64Array(rank);
  const count = paddedCount(classes), size = classes * columns;
  const rows = paddedRows(Int32Array.from({ length: rank }, (_, i) => i));
  // Of all classes at a time: [rows × count]. What fills rows up weighs nothing.
  const shares = new Float64Array(rows.length * count);
  const weights = new Float64Array(count * columns);
  return (vector) => {
    weights.set(vector.subarray(0, size));
    multiplyRows(vectors, rows, weights, count, shares);
    shares.fill(0, rank * count);
    for (let label = 0; label < classes; label++) {
      for (let k = 0; k < rank; k++) along[k] = shares[k * count + label];
      solveCholesky(L, rank, along);
      for (let k = 0; k < rank; k++) shares[k * count + label] = -along[k];
    }
    addRows(vectors, rows, shares, count, weights);
    for (let at = 0; at < size; at++) vector[at] = weights[at] / flat;
    for (let label = 0; label < classes; label++) vector[size + label] /= curvature;
  };
}

/** [count × columns] vectors, each times the covariance. */
function timesCovariance(features: Matrix, vectors: Float64Array, count: number) {
  const rows = paddedRows(Int32Array.from({ length: features.rows }, (_, i) => i));
  const result = new Float64Array(vectors.length);
  const block = 64, products = new Float64Array(block * count);
  for (let from = 0; from < rows.length; from += block) {
    const some = rows.subarray(from, from + block);
    multiplyRows(features, some, vectors, count, products);
    // What fills up the last four rows weighs nothing.
    products.fill(0, Math.max(0, features.rows - from) * count);
    addRows(features, some, products, count, result);
  }
  for (let at = 0; at < result.length; at++) result[at] /= features.rows;
  return result;
}

/** [count × count]: each of `a` times each of `b`. */
function outerProducts(a: Float64Array, b: Float64Array, count: number, columns: number) {
  const products = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    const row = a.subarray(i * columns, (i + 1) * columns);
    for (let j = 0; j < count; j++) products[i * count + j] = dot(b, j * columns, row);
  }
  return products;
}

/** Gram and Schmidt, in place: the vectors at right angles and of length 1, or 0 where dependent. */
function orthonormal(vectors: Float64Array<ArrayBuffer>, count: number, columns: number) {
  for (let i = 0; i < count; i++) {
    const row = vectors.subarray(i * columns, (i + 1) * columns);
    const before = Math.sqrt(dot(row, 0, row));
    for (let j = 0; j < i; j++) {
      const along = dot(vectors, j * columns, row);
      for (let d = 0; d < columns; d++) row[d] -= along * vectors[j * columns + d];
    }
    const length = Math.sqrt(dot(row, 0, row));
    for (let d = 0; d < columns; d++) row[d] = length > 1e-10 * before ? row[d] / length : 0;
  }
  return vectors;
}

function dot(a: Float64Array, from: number, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < b.length; d++) sum += a[from + d] * b[d];
  return sum;
}
