import assert from "node:assert/strict";
import { hashUniform } from "../../../bench/certify/hash_numbers.ts";
import {
  addRows,
  multiplyRows,
  paddedCount,
  paddedRows,
} from "../../../training/probe/row_products.ts";
import { largestDifference } from "./random_features.ts";

const columns = 7, count = 4;
const matrix = { rows: 9, columns, data: hashUniform(700, 9 * columns) };
const vectors = hashUniform(701, count * columns);
const rows = Int32Array.of(8, 0, 3, 3, 5, 1, 2, 7);

Deno.test("products of rows and vectors are those of their numbers, one after the other", () => {
  const expected = Array.from(rows).flatMap((row) =>
    Array.from({ length: count }, (_, k) => {
      let sum = 0;
      for (let d = 0; d < columns; d++) {
        sum += matrix.data[row * columns + d] * vectors[k * columns + d];
      }
      return sum;
    })
  );
  const out = new Float64Array(rows.length * count).fill(NaN);
  multiplyRows(matrix, rows, vectors, count, out);
  assert.ok(largestDifference(out, expected) < 1e-15);
});

Deno.test("rows times factors are added to what the vectors are", () => {
  const factors = hashUniform(702, rows.length * count);
  const expected = vectors.map((value, at) => {
    const k = Math.floor(at / columns), d = at % columns;
    rows.forEach((row, i) => value += factors[i * count + k] * matrix.data[row * columns + d]);
    return value;
  });
  const sums = vectors.slice();
  addRows(matrix, rows, factors, count, sums);
  assert.ok(largestDifference(sums, expected) < 1e-14);
});

Deno.test("rows are filled up to four, vectors to two", () => {
  assert.deepEqual([...paddedRows(Int32Array.of(5, 6, 7, 8, 9))], [5, 6, 7, 8, 9, 0, 0, 0]);
  assert.equal(paddedRows(new Int32Array(0)).length, 0);
  assert.deepEqual([1, 2, 3].map(paddedCount), [2, 2, 4]);
});
