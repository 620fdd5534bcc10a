import assert from "node:assert/strict";
import fc from "fast-check";
import { hashUniform } from "../../../bench/certify/hash_numbers.ts";
import {
  addRows,
  multiplyRows,
  paddedCount,
  paddedRows,
} from "../../../training/probe/row_products.ts";
import { kernelsOf, residentMatrix } from "../../../training/probe/row_kernels.ts";
import { largestDifference } from "./random_features.ts";

const columns = 7, count = 4;
const matrix = { rows: 9, columns, data: hashUniform(700, 9 * columns) };
const resident = residentMatrix(9, columns, count);
resident.data.set(matrix.data);
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
  for (const where of [matrix, resident]) {
    const out = new Float64Array(rows.length * count).fill(NaN);
    multiplyRows(where, rows, vectors, count, out);
    assert.ok(largestDifference(out, expected) < 1e-15);
  }
});

Deno.test("rows times factors are added to what the vectors are", () => {
  const factors = hashUniform(702, rows.length * count);
  const expected = vectors.map((value, at) => {
    const k = Math.floor(at / columns), d = at % columns;
    rows.forEach((row, i) => value += factors[i * count + k] * matrix.data[row * columns + d]);
    return value;
  });
  for (const where of [matrix, resident]) {
    const sums = vectors.slice();
    addRows(where, rows, factors, count, sums);
    assert.ok(largestDifference(sums, expected) < 1e-14);
  }
});

Deno.test("rows are filled up to four, vectors to two", () => {
  assert.deepEqual([...paddedRows(Int32Array.of(5, 6, 7, 8, 9))], [5, 6, 7, 8, 9, 0, 0, 0]);
  assert.equal(paddedRows(new Int32Array(0)).length, 0);
  assert.deepEqual([1, 2, 3].map(paddedCount), [2, 2, 4]);
});

Deno.test("kernels compute what plain code does, whatever the shape", () => {
  const side = fc.integer({ min: 1, max: 40 });
  const vectorCounts = fc.integer({ min: 1, max: 40 }).map(paddedCount);
  fc.assert(
    fc.property(side, side, vectorCounts, fc.nat(1e6), (rowCount, columns, count, seed) => {
      const plain = { rows: rowCount, columns, data: hashUniform(seed, rowCount * columns) };
      const resident = residentMatrix(rowCount, columns, count);
      resident.data.set(plain.data);
      assert.ok(kernelsOf(resident, count));
      assert.ok(!kernelsOf(plain, count));
      // More rows than are handed over at a time, some of them twice.
      const some = Int32Array.from({ length: 130 }, (_, i) => (i * 7 + seed) % rowCount);
      const rows = paddedRows(some), vectors = hashUniform(seed + 1, count * columns);
      const products = [plain, resident].map((matrix) => {
        const out = new Float64Array(rows.length * count).fill(NaN);
        multiplyRows(matrix, rows, vectors, count, out);
        return out;
      });
      assert.ok(largestDifference(products[0], products[1]) < 1e-12);
      const sums = [plain, resident].map((matrix) => {
        const sums = vectors.slice();
        addRows(matrix, rows, products[0], count, sums);
        return sums;
      });
      assert.ok(largestDifference(sums[0], sums[1]) < 1e-10);
      assert.deepEqual(resident.data, plain.data, "the matrix stays as it is");
    }),
    { numRuns: 50 },
  );
});

Deno.test("more vectors than there is room for are multiplied all the same, and so is what no memory holds", () => {
  const small = residentMatrix(4, 3, 2);
  assert.ok(kernelsOf(small, 64) && !kernelsOf(small, 66));
  small.data.set(hashUniform(5, 12));
  const vectors = hashUniform(6, 66 * 3), out = new Float64Array(4 * 66);
  multiplyRows(small, Int32Array.of(0, 1, 2, 3), vectors, 66, out);
  let sum = 0;
  for (let d = 0; d < 3; d++) sum += small.data[9 + d] * vectors[65 * 3 + d];
  assert.ok(Math.abs(out[3 * 66 + 65] - sum) < 1e-15);
  const { data } = residentMatrix(4, 3, 2 ** 30);
  assert.equal(data.length, 12);
});
