import type { Matrix } from "./matrix.ts";

/** What a frozen network says of each photo, and what is known of it. */
export interface LabelledFeatures {
  /** A photo a row. */
  features: Matrix;
  /** [photos], indices of `classes`. */
  labels: Int32Array;
  /** Names. */
  classes: readonly string[];
  /** [photos]; photos with the same one belong together, a series of one subject say. */
  groups?: readonly string[];
  /** [photos]; how much each counts in a fit. 1 each when left out. */
  sampleWeight?: Float64Array;
}

/** Some of the photos, copied, in the order of these indices. */
export function takePhotos(photos: LabelledFeatures, rows: Int32Array): LabelledFeatures {
  const { features: { columns, data }, labels, classes, groups, sampleWeight } = photos;
  const taken = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    taken.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return {
    features: { rows: rows.length, columns, data: taken },
    labels: rows.map((row) => labels[row]),
    classes,
    groups: groups && Array.from(rows, (row) => groups[row]),
    sampleWeight: sampleWeight && Float64Array.from(rows, (row) => sampleWeight[row]),
  };
}
