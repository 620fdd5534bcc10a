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
