/** Photos to fit, without photos: made from hashed numbers. */
import { hashUniform } from "../../../bench/certify/hash_numbers.ts";
import { type Matrix, matrix } from "../../../training/probe/matrix.ts";
import type { LabelledFeatures } from "../../../training/probe/labelled_features.ts";

export interface RandomFeatures {
  stream: number;
  photos: number;
  features: number;
  classes: number;
  weighted?: boolean;
}

/** The features, labels and weights of tests/reference/logistic_regression.py. */
export function randomFeatures(
  { stream, photos, features, classes, weighted }: RandomFeatures,
): LabelledFeatures {
  const toFirst = hashUniform(stream, photos);
  const labels = Int32Array.from(toFirst, (u, i) => u > 0.8 ? 0 : i % classes);
  const centres = hashUniform(stream + 1, classes * features);
  const noise = hashUniform(stream + 2, photos * features);
  const values = noise.map((u, at) => {
    const i = Math.floor(at / features), d = at % features;
    const value = 1.5 * u + 0.75 * centres[labels[i] * features + d];
    return value * 2 ** (d % 5 - 2) + d % 3;
  });
  return {
    features: matrix(photos, features, values),
    labels,
    classes: Array.from({ length: classes }, (_, k) => `class ${k}`),
    sampleWeight: weighted ? hashUniform(stream + 3, photos).map((u) => 1.25 + u) : undefined,
  };
}

/** The largest difference between numbers of two lists of one length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

/** The rows of these indices, in this order, copied. */
export function takeRows({ columns, data }: Matrix, indices: ArrayLike<number>): Matrix {
  const taken = new Float64Array(indices.length * columns);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i] * columns;
    taken.set(data.subarray(from, from + columns), i * columns);
  }
  return { rows: indices.length, columns, data: taken };
}
