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

Deno.test("the most honest of several scores is told, and by which photos it was measured", () => {
  const of = (correct: number, total: number) => ({
    accuracy: correct / total,
    correct,
    total,
    interval: [0.9, 1] as const,
  });
  const val = of(39, 40), cross_validated = of(190, 200), test = of(92, 100);
  assert.match(
    accuracyInWords({ ...val, cross_validated }),
    /^right on 190 of the 200 photos to train on, each asked of a model that had not seen it \(cross-validated accuracy 95\.0%;/,
  );
  assert.match(
    accuracyInWords({ ...val, cross_validated, test }),
    /^right on 92 of the 100 test photos, by which nothing was chosen \(test accuracy 92\.0%;/,
  );
});
