import assert from "node:assert/strict";
import fc from "fast-check";
import { axisOf, wholeTicks } from "../../report/axis.ts";

const ANYTHING: [number, number] = [-Infinity, Infinity];

Deno.test("an axis goes from a round number to a round number around the values", () => {
  assert.deepEqual(axisOf([0.13, 0.78], ANYTHING), {
    low: 0,
    high: 0.8,
    ticks: [0, 0.2, 0.4, 0.2 * 3, 0.8],
  });
  assert.deepEqual(axisOf([0.57, 0.966], ANYTHING).ticks.map((tick) => tick.toFixed(1)), [
    "0.5",
    "0.6",
    "0.7",
    "0.8",
    "0.9",
    "1.0",
  ]);
});

Deno.test("any values lie on their axis, whose ticks are few, even and finite", () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { maxLength: 6 }), (values) => {
      const { low, high, ticks } = axisOf(values, ANYTHING);
      assert.ok(low < high && ticks.length >= 2 && ticks.length <= 12, `${ticks}`);
      const slack = (high - low) * 1e-6;
      for (const value of values) {
        if (!(Math.abs(value) < 1e300)) continue;
        assert.ok(value >= low - slack && value <= high + slack, `${value} off ${low} to ${high}`);
      }
      const step = (high - low) / (ticks.length - 1);
      ticks.forEach((tick, i) => assert.ok(Math.abs(tick - low - i * step) <= slack));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("values that are all the same stand inside an axis, which keeps to the bounds", () => {
  const { low, high } = axisOf([0.5, 0.5], [0, 1]);
  assert.ok(low < 0.5 && high > 0.5);
  assert.equal(axisOf([1, 1], [0, 1]).high, 1);
  assert.deepEqual(axisOf([0], [0, 1]), axisOf([], [0, 1]));
});

Deno.test("without a finite value the axis goes from 0 to 1", () => {
  for (const values of [[], [NaN], [Infinity, -Infinity]]) {
    const { low, high } = axisOf(values, ANYTHING);
    assert.deepEqual([low, high], [0, 1]);
  }
});

Deno.test("ticks of epochs are whole, within their range and not too many", () => {
  assert.deepEqual(wholeTicks(0, 0, 9), [0]);
  assert.deepEqual(wholeTicks(0, 4, 9), [0, 1, 2, 3, 4]);
  assert.deepEqual(wholeTicks(0, 24, 9), [0, 5, 10, 15, 20]);
  fc.assert(fc.property(fc.nat(1000), fc.nat(5000), (low, span) => {
    const ticks = wholeTicks(low, low + span, 9);
    assert.ok(ticks.length <= 10);
    assert.ok(ticks.every((tick) => Number.isInteger(tick) && tick >= low && tick <= low + span));
  }));
});
