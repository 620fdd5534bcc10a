import assert from "node:assert/strict";
import fc from "fast-check";
import { counted, percent, percentRange } from "../../../data/statistics/percent.ts";

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
  assert.equal(percent(0.9995), ">99.9%");
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3), (share, decimals) => {
      if (share === 0 || share === 1) return;
      assert.doesNotMatch(percent(share, decimals), /^(0(\.0+)?|100(\.0+)?)%$/);
    }),
  );
});

Deno.test("no number reads as a dash", () => {
  assert.equal(percent(NaN), "–");
  assert.equal(percent(Infinity), "–");
});

Deno.test("an interval whose bound is 1 but for rounding ends at 100%", () => {
  assert.equal(percentRange([0.875, 1 - 2 ** -53]), "87.5% to 100%");
  assert.equal(percentRange([2 ** -60, 0.9999]), "0% to >99.9%");
});

Deno.test("whole percents keep to the same rule", () => {
  assert.deepEqual([0.996, 0.994, 0.5, 0.004].map((share) => percent(share, 0)), [
    ">99%",
    "99%",
    "50%",
    "<1%",
  ]);
  assert.equal(percentRange([0.5, 0.996], 0), "50% to >99%");
});

Deno.test("one is singular, any other number plural, none too", () => {
  assert.deepEqual(
    [0, 1, 2, 21].map((count) => counted(count, "photo")),
    ["0 photos", "1 photo", "2 photos", "21 photos"],
  );
  assert.equal(counted(1, "batch", "batches"), "1 batch");
  assert.equal(counted(3, "batch", "batches"), "3 batches");
});
