import assert from "node:assert/strict";
import { confusionMatrix, mcnemarExact } from "../../training/metrics.ts";

Deno.test("a confusion matrix counts each photo once, by actual then predicted class", () => {
  assert.deepEqual(confusionMatrix([0, 0, 1, 2], [0, 1, 1, 0], 3), [[1, 1, 0], [0, 1, 0], [
    1,
    0,
    0,
  ]]);
});

Deno.test("McNemar's exact p value is the two-sided binomial tail", () => {
  assert.equal(mcnemarExact(0, 0), 1);
  assert.ok(Math.abs(mcnemarExact(1, 5) - 2 * (1 + 6) / 64) < 1e-12);
  assert.ok(Math.abs(mcnemarExact(3, 9) - 2 * (1 + 12 + 66 + 220) / 4096) < 1e-12);
  assert.equal(mcnemarExact(4, 4), 1);
  assert.ok(mcnemarExact(400, 600) < 1e-9);
});
