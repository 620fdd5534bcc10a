import assert from "node:assert/strict";
import { honestScore } from "../../../data/statistics/honest_score.ts";

Deno.test("a test comes before cross-validation, and both before the photos that were chosen by", () => {
  const [val, test, cross_validated] = [{ total: 1 }, { total: 2 }, { total: 3 }];
  assert.deepEqual(honestScore({ ...val, test, cross_validated }), { score: test, on: "test" });
  assert.deepEqual(honestScore({ ...val, cross_validated }), {
    score: cross_validated,
    on: "cross_validated",
  });
  assert.deepEqual(honestScore(val), { score: val, on: "val" });
});
