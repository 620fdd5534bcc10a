import assert from "node:assert/strict";
import fc from "fast-check";
import { wilsonInterval } from "../../../data/statistics/wilson_interval.ts";

Deno.test("Wilson's interval ends where the score test rejects at 5%, and holds the proportion", () => {
  const z = 1.959963984540054;
  fc.assert(fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(), (total, some) => {
    const correct = some % (total + 1);
    const p = correct / total;
    const [low, high] = wilsonInterval(correct, total);
    assert.ok(0 <= low && low <= p + 1e-12 && p - 1e-12 <= high && high <= 1);
    for (const end of [low, high]) {
      if (end < 1e-9 || end > 1 - 1e-9) continue; // cut off at certainty
      const score = Math.abs(p - end) / Math.sqrt(end * (1 - end) / total);
      assert.ok(Math.abs(score - z) < 1e-6, `${correct}/${total}: score ${score}`);
    }
  }));
  assert.deepEqual(wilsonInterval(0, 0), [0, 1]);
});
