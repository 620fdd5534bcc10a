import assert from "node:assert/strict";
import { accuracyInWords } from "../../../data/statistics/accuracy_in_words.ts";

Deno.test("an accuracy is told by counts first, then by its terms", () => {
  // Wilson's interval of 147 of 153 as scipy.stats.binomtest(147, 153).proportion_ci gives it.
  assert.equal(
    accuracyInWords({ accuracy: 147 / 153, correct: 147, total: 153, interval: [0.917, 0.9819] }),
    "right on 147 of the 153 photos kept aside (validation accuracy 96.1%; 91.7% to 98.2% with " +
      "95% confidence)",
  );
  assert.match(
    accuracyInWords({ accuracy: 1, correct: 1, total: 1, interval: [0.2065, 1] }),
    /^right on 1 of the 1 photo kept aside \(validation accuracy 100%; 20\.6% to 100% /,
  );
});
