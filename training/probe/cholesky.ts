/**
 * The lower triangle L with L Lᵀ = matrix, which is symmetric and positive definite.
 *
 * @param matrix [size × size]; its lower triangle is read
 * @returns [size × size], zeros above the diagonal
 * @throws {RangeError} when the matrix is not positive definite.
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array {
  const L = matrix.slice();
  for (let j = 0; j < size; j++) {
    const rowJ = j * size;
    L.fill(0, rowJ + j + 1, rowJ + size);
    let square = L[rowJ + j];
    for (let k = 0; k < j; k++) square -= L[rowJ + k] ** 2;
    if (!(square > 0)) throw new RangeError("the matrix is not positive definite");
    const diagonal = Math.sqrt(square);
    L[rowJ + j] = diagonal;
    let i = j + 1;
    // Four rows at a time share what is read of row j.
    for (; i + 3 < size; i += 4) {
      const r0 = i * size, r1 = r0 + size, r2 = r1 + size, r3 = r2 + size;
      let s0 = L[r0 + j], s1 = L[r1 + j], s2 = L[r2 + j], s3 = L[r3 + j];
      for (let k = 0; k < j; k++) {
        const a = L[rowJ + k];
        s0 -= L[r0 + k] * a;
        s1 -= L[r1 + k] * a;
        s2 -= L[r2 + k] * a;
        s3 -= L[r3 + k] * a;
      }
      L[r0 + j] = s0 / diagonal;
      L[r1 + j] = s1 / diagonal;
      L[r2 + j] = s2 / diagonal;
      L[r3 + j] = s3 / diagonal;
    }
    for (; i < size; i++) {
      let sum = L[i * size + j];
      for (let k = 0; k < j; k++) sum -= L[i * size + k] * L[rowJ + k];
      L[i * size + j] = sum / diagonal;
    }
  }
  return L;
}

/** Solves L Lᵀ x = vector in place. */
export function solveCholesky(L: Float64Array, size: number, vector: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let sum = vector[i];
    const row = i * size;
    for (let k = 0; k < i; k++) sum -= L[row + k] * vector[k];
    vector[i] = sum / L[row + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    const row = i * size, value = vector[i] / L[row + i];
    vector[i] = value;
    for (let k = 0; k < i; k++) vector[k] -= L[row + k] * value;
  }
}

/** Solves L X = rows in place. */
export function solveLower(
  L: Float64Array,
  size: number,
  rows: Float64Array,
  columns: number,
): void {
  for (let i = 0; i < size; i++) {
    const row = i * columns;
    for (let k = 0; k < i; k++) {
      const factor = L[i * size + k];
      for (let d = 0; d < columns; d++) rows[row + d] -= factor * rows[k * columns + d];
    }
    for (let d = 0; d < columns; d++) rows[row + d] /= L[i * size + i];
  }
}
