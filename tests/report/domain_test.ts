import assert from "node:assert/strict";
import fc from "fast-check";
import { domainOf, isDrawable } from "../../report/domain.ts";

const ANYTHING = [-Infinity, Infinity] as const;

Deno.test("any values that can be drawn lie on their axis, which has a length", () => {
  assert.deepEqual(domainOf([0.78, 0.13], ANYTHING), [0.13, 0.78]);
  fc.assert(
    fc.property(fc.array(fc.double(), { maxLength: 6 }), (values) => {
      const [low, high] = domainOf(values, ANYTHING);
      assert.ok(low < high && Number.isFinite(high - low), `${low} to ${high}`);
      const slack = (high - low) * 1e-6;
      for (const value of values.filter(isDrawable)) {
        assert.ok(value >= low - slack && value <= high + slack, `${value} off ${low} to ${high}`);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("values that are all the same stand inside an axis, which keeps to the bounds", () => {
  const [low, high] = domainOf([0.5, 0.5], [0, 1]);
  assert.ok(low < 0.5 && high > 0.5);
  assert.equal(domainOf([1, 1], [0, 1])[1], 1);
  assert.deepEqual(domainOf([0], [0, 1]), domainOf([], [0, 1]));
});

Deno.test("without a finite value the axis goes from 0 to 1", () => {
  for (const values of [[], [NaN], [Infinity, -Infinity]]) {
    assert.deepEqual(domainOf(values, ANYTHING), [0, 1]);
    assert.ok(!values.some(isDrawable));
  }
});
