import assert from "node:assert/strict";
import fc from "fast-check";
import { groupedInterval, type Outcome } from "../../../data/statistics/grouped_interval.ts";
import { wilsonInterval } from "../../../data/statistics/wilson_interval.ts";

const outcomes = fc.array(
  fc.record({
    isRight: fc.boolean(),
    group: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 40 },
);

Deno.test("it holds the share that was right, is within 0 and 1, and never narrower than the photos'", () => {
  fc.assert(
    fc.property(outcomes, (outcomes) => {
      const right = outcomes.filter(({ isRight }) => isRight).length;
      const [low, high] = groupedInterval(outcomes);
      const [least, most] = wilsonInterval(right, outcomes.length);
      assert.ok(low >= 0 && high <= 1);
      assert.ok(low <= least + 1e-12 && high >= most - 1e-12);
      assert.deepEqual(groupedInterval(outcomes.toReversed()), [low, high]);
    }),
    { numRuns: 50 },
  );
});

const times = (count: number, group: Outcome[]) =>
  Array.from({ length: count }, () => group).flat();

Deno.test("photos that repeat each other widen it: to about what their groups alone say", () => {
  const alone = [...times(32, [{ isRight: true }]), ...times(8, [{ isRight: false }])];
  const repeated = alone.flatMap(({ isRight }, i) => times(10, [{ isRight, group: `bird ${i}` }]));
  const [low, high] = groupedInterval(repeated);
  const [narrowLow, narrowHigh] = wilsonInterval(320, 400);
  // The standard error of 40 birds, by hand: sqrt(0.8 * 0.2 / 40) = 0.063.
  assert.ok(Math.abs(low - (0.8 - 1.96 * 0.0632)) < 0.03, `${low}`);
  assert.ok(Math.abs(high - (0.8 + 1.96 * 0.0632)) < 0.03, `${high}`);
  assert.ok(low < narrowLow - 0.05 && high > narrowHigh + 0.05);
});

Deno.test("all right says no more than the groups, and one group says nothing", () => {
  const birds = (count: number) =>
    times(count, []).concat(
      Array.from({ length: count * 10 }, (_, i) => ({ isRight: true, group: `${i % count}` })),
    );
  assert.deepEqual(groupedInterval(birds(7)), wilsonInterval(7, 7));
  assert.deepEqual(groupedInterval(birds(1)), [0, 1]);
  assert.deepEqual(groupedInterval([]), [0, 1]);
  assert.deepEqual(groupedInterval(times(5, [{ isRight: false }])), wilsonInterval(0, 5));
});
