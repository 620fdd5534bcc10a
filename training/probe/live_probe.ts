/** A probe that goes on from where it was when photos come and go, for whoever teaches while looking. */
import { meanCurvature } from "./choose_penalty.ts";
import { minimise, type Pair } from "./lbfgs.ts";
import {
  decisionFunction,
  type LinearClassifier,
  penaltyOf,
  requireAllClasses,
} from "./logistic_regression.ts";
import type { Matrix } from "./matrix.ts";
import { type LowRankCovariance, nystrom, preconditioner } from "./preconditioner.ts";
import { LEAST_VECTORS, residentMatrix } from "./row_kernels.ts";
import { paddedCount, paddedRows } from "./row_products.ts";
import { RunningScaler } from "./running_scaler.ts";
import { PhotoLoss, softmaxLoss } from "./softmax_loss.ts";
import {
  fitStandardScaler,
  foldScaler,
  standardise,
  type StandardScaler,
  unfoldScaler,
} from "./standardise.ts";

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
  /** Whether somebody waits: looking at all rows anew is put off then. */
  isUrgent?: boolean;
}

/** Room for so many more rows is made at a time, as a share of those that there are. */
const GROWTH = 1.5;
/** Rows are as many times as many before they are looked at anew although somebody waits. */
const URGENT_GROWTH = 4;
const LEAST_ROOM = 64;
/** Of a row that nothing is learnt from. */
const NO_LABEL = -1;

/** What is known of the rows that are learnt from. */
interface Taught {
  classes: readonly string[];
  C: number;
  /** Of each row, or `NO_LABEL`. */
  labels: Int32Array;
  scaler: RunningScaler;
  /** Of the last steps. */
  pairs: Pair[];
  /** Of the last fit, each photo counting one. */
  loss: PhotoLoss;
}

/**
 * Keeps standardised features where the kernels reach them, the last fit, and what it says of the rows
 * together: a photo that comes or goes changes these sums by its own part, so that going on takes a look
 * at all rows for each step and none before. A fit of the same lesson with no more `maxIter` than are
 * needed ends where `fitStandardised` does from scratch: the minimum is one, and where a fit begins
 * changes how long it takes alone.
 */
export class LiveProbe {
  /** Standardised as all rows were when it was made; fits subtract their own means. */
  #rows: Matrix;
  #count = 0;
  /** What the rows were standardised by, their covariance then, and how many they were. */
  #prepared:
    | { scaler: StandardScaler; covariance: LowRankCovariance; count: number; vectors: number }
    | undefined;
  /** For the features of `#rows`. */
  #fitted: LinearClassifier | undefined;
  #classes: readonly string[] = [];
  /** Undefined where the sums are not those of `#fitted`. */
  #taught: Taught | undefined;
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
   * @throws {Error} where a class has no photo
   */
  fit(
    { classes, rows, labels, C }: LiveLesson,
    { tol, maxIter, isUrgent = false }: LiveEffort,
  ): boolean {
    requireAllClasses(classes, labels, rows);
    const covariance = this.#prepare(classes.length, isUrgent ? URGENT_GROWTH : GROWTH);
    const features = this.#matrix(), count = classes.length, { columns } = this;
    const before = this.#fitted && ofClasses(this.#fitted, this.#classes, classes);
    const taught = this.#follow({ classes, rows, labels, C }, before);
    const scaler = taught.scaler.scaler(features, rows);
    const l2 = penaltyOf(C, rows.length, count);
    const start = new Float64Array(count * (columns + 1));
    if (before) {
      const { coef, intercept } = unfoldScaler(before, scaler);
      start.set(coef);
      start.set(intercept, coef.length);
    }
    // Means, as the objective leaves them.
    taught.loss.scale(1 / rows.length);
    const gradient = new Float64Array(start.length);
    const value = taught.loss.penalised(start, scaler, l2, gradient);
    const objective = softmaxLoss(
      { features, labels, classes: count, rows, scaler, l2 },
      taught.loss,
    );
    let asked: Float64Array | undefined;
    const { x, nIter, converged } = minimise(
      (x, gradient) => {
        asked = x;
        return objective(x, gradient);
      },
      start,
      {
        tol,
        maxIter,
        pairs: taught.pairs,
        first: { value, gradient },
        precondition: preconditioner(covariance, {
          curvature: this.#curvature ?? 1 / count,
          l2,
          classes: count,
        }),
      },
    );
    taught.loss.scale(rows.length);
    // A search that failed asked elsewhere last.
    this.#taught = asked === undefined || asked === x ? taught : undefined;
    this.#fitted = foldScaler({
      classes: count,
      features: columns,
      coef: x.subarray(0, count * columns),
      intercept: x.subarray(count * columns),
    }, scaler);
    this.#classes = classes;
    return converged || nIter < maxIter;
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
    return foldScaler(this.#last(), this.#scaler());
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

  /** The sums of what is learnt now: by what came and went where that is little, else from scratch. */
  #follow(
    { classes, rows, labels, C }: LiveLesson,
    before: LinearClassifier | undefined,
  ): Taught {
    const features = this.#matrix(), count = classes.length;
    const wanted = new Int32Array(this.#count).fill(NO_LABEL);
    for (const row of rows) wanted[row] = labels[row];
    const known = this.#taught;
    const had = (row: number) => known && row < known.labels.length ? known.labels[row] : NO_LABEL;
    const changed = wanted.reduce((sum, label, row) => sum + Number(label !== had(row)), 0);
    if (!known || !sameNames(known.classes, classes) || changed > rows.length / 2) {
      const taught: Taught = {
        classes,
        C,
        labels: wanted,
        scaler: new RunningScaler(this.columns),
        pairs: [],
        loss: new PhotoLoss(count, this.columns),
      };
      for (const row of rows) taught.scaler.count(features, row, 1);
      if (before) {
        taught.loss.weights.set(before.coef);
        taught.loss.bias.set(before.intercept);
      }
      taught.loss.add(features, labels, paddedRows(rows), rows.length, () => 1);
      return taught;
    }
    const gone: number[] = [], come: number[] = [];
    wanted.forEach((label, row) => {
      const earlier = had(row);
      if (label === earlier) return;
      if (earlier !== NO_LABEL) gone.push(row);
      if (label !== NO_LABEL) come.push(row);
      if (label === NO_LABEL) known.scaler.count(features, row, -1);
      if (earlier === NO_LABEL) known.scaler.count(features, row, 1);
    });
    const add = (some: number[], labels: Int32Array, share: number) =>
      known.loss.add(
        features,
        labels,
        paddedRows(Int32Array.from(some)),
        some.length,
        () => share,
      );
    add(gone, known.labels, -1);
    add(come, wanted, 1);
    return { ...known, C, labels: wanted, pairs: C === known.C ? known.pairs : [] };
  }

  /** Looks at all rows anew where they are many more than before. */
  #prepare(classes: number, growth: number): LowRankCovariance {
    const vectors = Math.max(LEAST_VECTORS, paddedCount(classes));
    const known = this.#prepared;
    if (known && this.#count < growth * known.count && vectors <= known.vectors) {
      return known.covariance;
    }
    const scaler = this.#restandardise();
    if (vectors > LEAST_VECTORS) this.#makeRoom(vectors);
    const covariance = nystrom(this.#matrix());
    this.#prepared = { scaler, covariance, count: this.#count, vectors };
    return covariance;
  }

  /**
   * By the rows that there are now; the last fit follows.
   * @returns what features as they are become these by
   */
  #restandardise(): StandardScaler {
    const before = this.#scaler(), features = this.#matrix();
    const now = fitStandardScaler(features);
    standardise(features, now, features);
    this.#fitted &&= unfoldScaler(this.#fitted, now);
    this.#taught = undefined;
    return {
      mean: before.mean.map((value, d) => value + now.mean[d] * before.scale[d]),
      scale: before.scale.map((value, d) => value * now.scale[d]),
    };
  }

  #makeRoom(vectors: number): void {
    const rows = Math.max(LEAST_ROOM, Math.ceil(GROWTH * this.#count));
    const larger = residentMatrix(rows, this.columns, vectors);
    larger.data.set(this.#rows.data.subarray(0, this.#count * this.columns));
    this.#rows = larger;
  }
}

const sameNames = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((name, i) => name === b[i]);

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
