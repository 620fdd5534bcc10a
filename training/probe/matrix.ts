/** A matrix of float64, row after row: one photo a row, one feature a column. */
export interface Matrix {
  rows: number;
  columns: number;
  /** [rows × columns] */
  data: Float64Array;
}

/**
 * A matrix over a copy of numbers, row after row.
 * @throws {RangeError} when a number is not finite, or their count fits no such matrix.
 */
export function matrix(rows: number, columns: number, numbers: ArrayLike<number>): Matrix {
  if (numbers.length !== rows * columns) {
    throw new RangeError(`${rows} rows of ${columns} columns are not ${numbers.length} numbers`);
  }
  const data = Float64Array.from(numbers);
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new RangeError(
      `feature ${wrong % columns} of photo ${Math.floor(wrong / columns)} is ${data[wrong]}, ` +
        "which is no number to fit anything to: look at that photo, or use another model",
    );
  }
  return { rows, columns, data };
}
