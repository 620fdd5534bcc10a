import assert from "node:assert/strict";
import fc from "fast-check";
import { describeDifference, pairedDifference } from "../../../bench/accuracy/paired_interval.ts";

const answers = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 2, maxLength: 200 });
const text = (right: readonly boolean[]) => right.map(Number).join("");

Deno.test("the difference is that of the accuracies, its interval that of the mean, photo by photo", () => {
  fc.assert(fc.property(answers, (photos) => {
    const ours = photos.map(([a]) => a), theirs = photos.map(([, b]) => b);
    const share = (right: readonly boolean[]) => right.filter(Boolean).length / right.length;
    const { difference, interval } = pairedDifference([[text(ours), text(theirs)]]);
    assert.ok(Math.abs(difference - 100 * (share(ours) - share(theirs))) < 1e-9);
    const each = photos.map(([a, b]) => 100 * (Number(a) - Number(b)));
    const variance = each.reduce((sum, one) => sum + (one - difference) ** 2, 0) / each.length;
    const half = 1.96 * Math.sqrt(variance / each.length);
    assert.ok(Math.abs(interval[0] - (difference - half)) < 1e-6);
    assert.ok(Math.abs(interval[1] - (difference + half)) < 1e-6);
  }));
});

Deno.test("divisions are pooled, and swapping the tools turns the sign", () => {
  const pairs: [string, string][] = [["1101", "1000"], ["01", "11"]];
  const { difference } = pairedDifference(pairs);
  assert.ok(Math.abs(difference - 100 / 6) < 1e-9);
  const swapped = pairedDifference(pairs.map(([a, b]): [string, string] => [b, a]));
  assert.ok(Math.abs(swapped.difference + difference) < 1e-9);
  assert.equal(
    describeDifference({ difference: -1.23, interval: [-3, 0.54] }),
    "−1.2 (−3.0…+0.5)",
  );
});

Deno.test("answers to other photos are refused", () => {
  assert.throws(() => pairedDifference([["11", "1"]]), /2 answers are not of the same photos as 1/);
});
