import assert from "node:assert/strict";
import fc from "fast-check";
import { argmax, softmax } from "../../models/logits.ts";

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
