import assert from "node:assert/strict";
import fc from "fast-check";
import { signFlipTest } from "../../../training/probe/paired_test.ts";

/** Every way to flip, written down as the test is defined. */
function everyWay(differences: number[]): number {
  const sums = differences.reduce<number[]>(
    (sums, difference) => sums.flatMap((sum) => [sum + difference, sum - difference]),
    [0],
  );
  const observed = Math.abs(sums[0]);
  return sums.filter((sum) => Math.abs(sum) >= observed - 1e-9).length / sums.length;
}

const differencesOf = (lengths: { minLength: number; maxLength: number }) =>
  fc.array(fc.integer({ min: -20, max: 20 }), lengths);

Deno.test("of few photos every way to flip is counted", () => {
  assert.equal(signFlipTest([1, 1, 1, 1]), 2 / 16);
  assert.equal(signFlipTest([0, 0, 0]), 1);
  assert.equal(signFlipTest([3, -3]), 1);
  fc.assert(fc.property(differencesOf({ minLength: 1, maxLength: 10 }), (differences) => {
    assert.equal(signFlipTest(differences), everyWay(differences));
  }));
});

Deno.test("of more photos chance tries some of them, and comes close", () => {
  fc.assert(
    fc.property(
      differencesOf({ minLength: 14, maxLength: 15 }),
      fc.integer({ min: 0, max: 1e6 }),
      (differences, seed) => {
        const p = signFlipTest(differences, seed);
        // Five standard errors of a share that was seen in 10,000 tries.
        assert.ok(Math.abs(p - everyWay(differences)) < 0.025, `${p}`);
        assert.equal(signFlipTest(differences, seed), p, "the same seed gives the same");
      },
    ),
    { numRuns: 10 },
  );
});

Deno.test("what chance never shows is unlikely, not impossible", () => {
  const p = signFlipTest(new Array(100).fill(1));
  assert.ok(p > 0 && p < 0.001, `${p}`);
});
