import assert from "node:assert/strict";
import fc from "fast-check";
import {
  argmax,
  confusionMatrix,
  mcnemarExact,
  softmax,
  wilsonInterval,
} from "../../training/metrics.ts";

Deno.test("argmax takes the first of equal values, within the range asked for", () => {
  assert.equal(argmax([1, 3, 3, 2]), 1);
  assert.equal(argmax([9, 0, 5, 5, 9], 1, 3), 1);
});

Deno.test("softmax sums to one and is not moved by a shift of all logits", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 10 }),
    (logits) => {
      const p = softmax(logits);
      assert.ok(Math.abs(p.reduce((a, b) => a + b, 0) - 1) < 1e-12);
      softmax(logits.map((x) => x + 700)).forEach((q, i) => assert.ok(Math.abs(q - p[i]) < 1e-9));
    },
  ));
  const [a, b] = softmax([0, Math.log(3)]);
  assert.ok(Math.abs(a - 0.25) < 1e-15 && Math.abs(b - 0.75) < 1e-15);
});

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
