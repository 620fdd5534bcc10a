import type { Matrix } from "./matrix.ts";
import { scaleOf, type StandardScaler } from "./standardise.ts";

/** Below this share of its mean square a variance is computed anew: what sums lose is no more small. */
const LOST = 1e-6;

/** `fitStandardScaler` of rows that come and go, without looking at the others again. */
export class RunningScaler {
  #count = 0;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;

  constructor(columns: number) {
    this.#sums = new Float64Array(columns);
    this.#squares = new Float64Array(columns);
  }

  clear(): void {
    this.#count = 0;
    this.#sums.fill(0);
    this.#squares.fill(0);
  }

  /** @param sign 1 for a row that comes, -1 for one that goes */
  count({ columns, data }: Matrix, row: number, sign: 1 | -1): void {
    this.#count += sign;
    for (let d = 0, at = row * columns; d < columns; d++, at++) {
      const value = data[at];
      this.#sums[d] += sign * value;
      this.#squares[d] += sign * value * value;
    }
  }

  /** @param rows those that are counted */
  scaler(features: Matrix, rows: Int32Array): StandardScaler {
    const mean = this.#sums.map((sum) => sum / this.#count);
    const scale = this.#squares.map((square, d) => {
      const sum = square - mean[d] * this.#sums[d];
      if (sum > LOST * square) return scaleOf(sum, mean[d], this.#count);
      mean[d] = 0;
      for (const row of rows) mean[d] += features.data[row * features.columns + d];
      mean[d] /= rows.length;
      let exact = 0;
      for (const row of rows) exact += (features.data[row * features.columns + d] - mean[d]) ** 2;
      return scaleOf(exact, mean[d], rows.length);
    });
    return { mean, scale };
  }
}
