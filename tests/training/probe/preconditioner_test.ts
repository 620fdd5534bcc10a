import assert from "node:assert/strict";
import { hashUniform } from "../../../bench/certify/hash_numbers.ts";
import { cholesky, solveCholesky } from "../../../training/probe/cholesky.ts";
import { fitLogisticRegression, penaltyOf } from "../../../training/probe/logistic_regression.ts";
import { type Matrix, matrix } from "../../../training/probe/matrix.ts";
import { nystrom, preconditioner } from "../../../training/probe/preconditioner.ts";
import { fitStandardScaler, standardise } from "../../../training/probe/standardise.ts";
import { largestDifference, randomFeatures } from "./random_features.ts";

/** Mean over the rows of column × column. */
function covarianceOf({ rows, columns, data }: Matrix): Float64Array {
  return Float64Array.from({ length: columns * columns }, (_, at) => {
    const a = Math.floor(at / columns), b = at % columns;
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += data[i * columns + a] * data[i * columns + b];
    return sum / rows;
  });
}

/** Features that vary along `rank` directions alone. */
function ofRank(rank: number, rows: number, columns: number): Matrix {
  const scores = hashUniform(400, rows * rank), directions = hashUniform(401, rank * columns);
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, (_, at) => {
      const i = Math.floor(at / columns), d = at % columns;
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += scores[i * rank + k] * directions[k * columns + d];
      return sum;
    }),
  );
}

Deno.test("along as few directions as there are, the covariance is known exactly", () => {
  const features = ofRank(5, 50, 13);
  const { rank, vectors, tail } = nystrom(features, 6);
  const guess = covarianceOf({ rows: rank, columns: 13, data: vectors.data }).map((v) => v * rank);
  assert.ok(largestDifference(guess, covarianceOf(features)) < 1e-6);
  assert.ok(tail < 1e-6);
});

Deno.test("what is not along them is the tail's: the trace stays", () => {
  const features = ofRank(13, 50, 13);
  const { vectors, tail } = nystrom(features, 4);
  const trace = covarianceOf(features).reduce((sum, v, at) => at % 14 === 0 ? sum + v : sum, 0);
  const known = vectors.data.reduce((sum, value) => sum + value * value, 0);
  assert.ok(Math.abs(known + (13 - 4) * tail - trace) < 1e-9);
  assert.ok(known > 0.5 * trace);
});

Deno.test("the preconditioner is the inverse of penalty and curvature", () => {
  const columns = 9, classes = 3, curvature = 0.3, l2 = 0.05;
  const covariance = nystrom(ofRank(9, 40, columns), 4);
  const x = hashUniform(410, classes * columns + classes);
  // Times the guess of the Hessian, written out.
  const product = x.map((value, at) => {
    if (at >= classes * columns) return curvature * value;
    const from = at - at % columns;
    let sum = (l2 + curvature * covariance.tail) * value;
    for (let k = 0; k < covariance.rank; k++) {
      const row = covariance.vectors.data.subarray(k * columns, (k + 1) * columns);
      let along = 0;
      for (let d = 0; d < columns; d++) along += row[d] * x[from + d];
      sum += curvature * along * row[at % columns];
    }
    return sum;
  });
  preconditioner(covariance, { curvature, l2, classes })(product);
  assert.ok(largestDifference(product, x) < 1e-12);
});

Deno.test("it saves steps and leads to the same place", () => {
  const photos = randomFeatures({ stream: 420, photos: 300, features: 40, classes: 3 });
  // As features of a network, these vary mostly together.
  const shared = hashUniform(421, 300);
  photos.features.data.forEach((value, at) =>
    photos.features.data[at] = value + 8 * shared[Math.floor(at / 40)]
  );
  const features = standardise(photos.features, fitStandardScaler(photos.features));
  const C = 1e-3, l2 = penaltyOf(C, 300, 3);
  const precondition = preconditioner(nystrom(features, 8), { curvature: 1 / 3, l2, classes: 3 });
  const plain = fitLogisticRegression({ ...photos, features }, { C });
  const guessed = fitLogisticRegression({ ...photos, features }, { C, precondition });
  assert.ok(guessed.nIter < 0.7 * plain.nIter, `${guessed.nIter} of ${plain.nIter} steps`);
  assert.ok(largestDifference(guessed.coef, plain.coef) < 1e-6);
});

Deno.test("features that never vary are no hindrance", () => {
  const covariance = nystrom(matrix(6, 4, new Float64Array(24)), 4);
  const vector = Float64Array.of(1, 2, 3, 4, 5);
  preconditioner(covariance, { curvature: 0.5, l2: 2, classes: 1 })(vector);
  assert.ok(largestDifference(vector, [0.5, 1, 1.5, 2, 10]) < 1e-12);
});

for (const size of [1, 2, 5, 11]) {
  Deno.test(`Cholesky's triangle of ${size} rows solves`, () => {
    const features = ofRank(size, 30, size), A = covarianceOf(features);
    const x = hashUniform(430, size);
    const product = x.map((_, i) => x.reduce((sum, v, j) => sum + A[i * size + j] * v, 0));
    solveCholesky(cholesky(A, size), size, product);
    assert.ok(largestDifference(product, x) < 1e-6);
  });
}

Deno.test("a matrix that is not positive definite has no such triangle", () => {
  assert.throws(() => cholesky(Float64Array.of(1, 2, 2, 1), 2), /not positive definite/);
});
