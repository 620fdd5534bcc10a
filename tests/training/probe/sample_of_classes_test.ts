import assert from "node:assert/strict";
import fc from "fast-check";
import { sampleOfClasses } from "../../../training/probe/sample_of_classes.ts";

const countOf = (labels: ArrayLike<number>, label: number) =>
  Array.from(labels).filter((of) => of === label).length;

Deno.test("a sample has each class in proportion, rare ones too, and no photo twice", () => {
  const counts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 600 }), fc.nat(9), (counts, most, seed) => {
      const labels = counts.flatMap((count, label) => new Array<number>(count).fill(label));
      const rows = sampleOfClasses(labels, { photos: most, seed });
      assert.deepEqual(rows, sampleOfClasses(labels, { photos: most, seed }));
      rows.forEach((row, i) => assert.ok(i === 0 || row > rows[i - 1], "ascending"));
      if (labels.length <= most) return assert.equal(rows.length, labels.length);
      counts.forEach((count, label) => {
        const taken = countOf(Array.from(rows, (row) => labels[row]), label);
        const wanted = Math.min(count, Math.max(10, count * most / labels.length));
        assert.ok(Math.abs(taken - wanted) <= 0.5, `${taken} of ${count}, not about ${wanted}`);
      });
    }),
  );
});

Deno.test("other seeds take other photos", () => {
  const labels = new Array<number>(100).fill(0);
  const samples = [0, 1].map((seed) => sampleOfClasses(labels, { photos: 50, seed }).join());
  assert.notEqual(samples[0], samples[1]);
});
