import assert from "node:assert/strict";
import fc from "fast-check";
import { percent, percentRange, short } from "../../report/number.ts";

Deno.test("a probability reads with one decimal", () => {
  assert.equal(percent(0.9872), "98.7%");
  assert.equal(percent(0.5), "50.0%");
  assert.equal(percent(0), "0%");
  assert.equal(percent(1), "100%");
});

Deno.test("a probability just short of certain never reads as certain", () => {
  assert.equal(percent(0.9996), ">99.9%");
  assert.equal(percent(0.9994), "99.9%");
  assert.equal(percent(0.0004), "<0.1%");
  assert.equal(percent(0.0006), "0.1%");
  fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
    if (share > 0 && share < 1) assert.doesNotMatch(percent(share), /^(0\.0|100\.0|0|100)%$/);
  }));
});

Deno.test("no number reads as a dash", () => {
  assert.equal(percent(NaN), "–");
  assert.equal(percent(Infinity), "–");
});

Deno.test("an axis shows few digits, and powers of ten where zeros would pile up", () => {
  assert.deepEqual(
    [0, 0.2, 0.30000000000000004, 12.5, 99999, 1e5, 0.001, 0.0001, 2.5e-7, -0.4].map(short),
    ["0", "0.2", "0.3", "12.5", "100000", "1e5", "0.001", "1e-4", "2.5e-7", "-0.4"],
  );
});

Deno.test("an interval whose bound is 1 but for rounding ends at 100%", () => {
  assert.equal(percentRange([0.875, 1 - 2 ** -53]), "87.5% to 100%");
  assert.equal(percentRange([2 ** -60, 0.9999]), "0% to >99.9%");
});
