/** A probe that goes on from where it was when photos come and go, for whoever teaches while looking. */
import { meanCurvature } from "./choose_penalty.ts";
import { decisionFunction, type LinearClassifier } from "./logistic_regression.ts";
import type { Matrix } from "./matrix.ts";
import { nystrom } from "./preconditioner.ts";
import { LEAST_VECTORS, residentMatrix } from "./row_kernels.ts";
import { paddedCount } from "./row_products.ts";
import { fitStandardised, type PreparedPhotos } from "./standardised_fit.ts";
import { fitStandardScaler, type StandardScaler } from "./standardise.ts";

/** Which rows a fit learns from, as what. */
export interface LiveLesson {
  /** Names of classes, each of at least one of the rows. */
  classes: readonly string[];
  /** Rows as `add` numbered them. */
  rows: Int32Array;
  /** Of each row of all that were added, an index of `classes`; others than `rows` count nothing. */
  labels: Int32Array;
  C: number;
}

export interface LiveEffort {
  /** As in `LogisticRegressionOptions`; both. */
  tol: number;
  maxIter: number;
}

/** Room for so many more rows is made at a time, as a share of those that there are. */
const GROWTH = 1.5;
const LEAST_ROOM = 64;

/**
 * Keeps standardised features where the kernels reach them, and the last fit. A fit of the same lesson
 * with no more `maxIter` than are needed ends where `fitStandardised` does from scratch: the minimum is
 * one, and where a fit begins changes how long it takes alone.
 */
export class LiveProbe {
  /** Standardised as all rows were when it was made; fits subtract their own means. */
  #rows: Matrix;
  #count = 0;
  /** What the rows were standardised by, and how many they were then. */
  #prepared: PreparedPhotos & { count: number; vectors: number } | undefined;
  /** For features standardised by its rows. */
  #standardised: LinearClassifier | undefined;
  /** For the features of `#prepared`. */
  #fitted: LinearClassifier | undefined;
  #classes: readonly string[] = [];
  #curvature: number | undefined;

  constructor(private readonly columns: number) {
    this.#rows = residentMatrix(LEAST_ROOM, columns, LEAST_VECTORS);
  }

  /** Rows that were added. */
  get count(): number {
    return this.#count;
  }

  /**
   * A photo more, which nothing is learnt from before it is in a lesson.
   * @param features [columns]
   * @returns the number of its row
   */
  add(features: ArrayLike<number>): number {
    if (this.#count === this.#rows.rows) this.#makeRoom(LEAST_VECTORS);
    const { mean, scale } = this.#scaler();
    const at = this.#count * this.columns;
    for (let d = 0; d < this.columns; d++) {
      this.#rows.data[at + d] = (features[d] - mean[d]) / scale[d];
    }
    return this.#count++;
  }

  /**
   * Goes on from the fit before, whatever photos and classes came or went since.
   * @returns whether it is over: it converged, or float64 can tell no better fit from this one
   */
  fit({ classes, rows, labels, C }: LiveLesson, { tol, maxIter }: LiveEffort): boolean {
    const prepared = this.#prepare(classes);
    const photos = { ...prepared.photos, labels, classes };
    const { standardised, prepared: fitted } = fitStandardised({ ...prepared, photos }, {
      rows,
      C,
      tol,
      maxIter,
      curvature: this.#curvature,
      warmStart: this.#standardised && ofClasses(this.#standardised, this.#classes, classes),
    });
    this.#standardised = standardised;
    this.#fitted = fitted;
    this.#classes = classes;
    return standardised.converged || standardised.nIter < maxIter;
  }

  /**
   * What the last fit says of rows: logits, [rows × its classes].
   * @throws {Error} where there was none
   */
  answer(rows: Int32Array): Float64Array<ArrayBuffer> {
    const logits = decisionFunction(this.#last(), this.#matrix(), rows);
    if (rows.length > 0 && this.#classes.length > 1) {
      this.#curvature = meanCurvature(logits, this.#classes.length);
    }
    return logits;
  }

  /**
   * The last fit, for features as they are.
   * @throws {Error} where there was none
   */
  classifier(): LinearClassifier {
    const { mean, scale } = this.#scaler();
    const { classes, features, coef, intercept } = this.#last();
    const own = { classes, features, coef: coef.slice(), intercept: intercept.slice() };
    for (let k = 0; k < classes; k++) {
      for (let d = 0; d < features; d++) {
        const weight = own.coef[k * features + d] /= scale[d];
        own.intercept[k] -= weight * mean[d];
      }
    }
    return own;
  }

  #last(): LinearClassifier {
    if (!this.#fitted) throw new Error("nothing was fitted yet");
    return this.#fitted;
  }

  #matrix(): Matrix {
    return { ...this.#rows, rows: this.#count };
  }

  #scaler(): StandardScaler {
    return this.#prepared?.scaler ?? {
      mean: new Float64Array(this.columns),
      scale: new Float64Array(this.columns).fill(1),
    };
  }

  /** Looks at all rows anew where they are many more than before. */
  #prepare(classes: readonly string[]): PreparedPhotos {
    const vectors = Math.max(LEAST_VECTORS, paddedCount(classes.length));
    const known = this.#prepared;
    if (known && this.#count < GROWTH * known.count && vectors <= known.vectors) {
      return { ...known, photos: { ...known.photos, features: this.#matrix() } };
    }
    this.#restandardise();
    if (vectors > LEAST_VECTORS) this.#makeRoom(vectors);
    const features = this.#matrix();
    this.#prepared = {
      photos: { features, labels: new Int32Array(), classes },
      scaler: this.#scaler(),
      covariance: nystrom(features),
      count: this.#count,
      vectors,
    };
    return this.#prepared;
  }

  /** By the rows that there are now. The last fit's own scaler is in its weights, so that it stays. */
  #restandardise(): void {
    const before = this.#scaler();
    const { mean, scale } = fitStandardScaler(this.#matrix());
    const { data } = this.#rows, { columns } = this;
    for (let at = 0; at < this.#count * columns; at++) {
      data[at] = (data[at] - mean[at % columns]) / scale[at % columns];
    }
    const fitted = this.#fitted;
    if (fitted) {
      for (let at = 0; at < fitted.coef.length; at++) {
        const d = at % columns;
        fitted.intercept[Math.floor(at / columns)] += fitted.coef[at] * mean[d];
        fitted.coef[at] *= scale[d];
      }
    }
    this.#prepared = {
      ...this.#prepared!,
      scaler: {
        mean: before.mean.map((value, d) => value + mean[d] * before.scale[d]),
        scale: before.scale.map((value, d) => value * scale[d]),
      },
    };
  }

  #makeRoom(vectors: number): void {
    const rows = Math.max(LEAST_ROOM, Math.ceil(GROWTH * this.#count));
    const larger = residentMatrix(rows, this.columns, vectors);
    larger.data.set(this.#rows.data.subarray(0, this.#count * this.columns));
    this.#rows = larger;
  }
}

/** A fit of some classes as the start of one of others: of a class that is new, nothing is known. */
function ofClasses(
  fit: LinearClassifier,
  classes: readonly string[],
  wanted: readonly string[],
): LinearClassifier {
  const { features } = fit;
  const coef = new Float64Array(wanted.length * features);
  const intercept = new Float64Array(wanted.length);
  wanted.forEach((name, to) => {
    const from = classes.indexOf(name);
    if (from < 0) return;
    coef.set(fit.coef.subarray(from * features, (from + 1) * features), to * features);
    intercept[to] = fit.intercept[from];
  });
  return { classes: wanted.length, features, coef, intercept };
}
