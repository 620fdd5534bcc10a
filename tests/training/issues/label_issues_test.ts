import assert from "node:assert/strict";
import { findLabelIssues } from "../../../training/issues/label_issues.ts";
import reference from "../../fixtures/training/label_issues.json" with { type: "json" };

Deno.test("the same photos as cleanlab's, in its order, where one label in twenty is wrong", () => {
  for (const [i, { labels, probabilities, found }] of reference.sets.entries()) {
    const judged = {
      labels: Int32Array.from(labels),
      probabilities: Float64Array.from(probabilities.flat()),
      classes: probabilities[0].length,
    };
    assert.deepEqual(findLabelIssues(judged), found, `set ${i}`);
  }
});

Deno.test("a label that a model does not dispute is no issue, and a class's only photo stays", () => {
  const sure = { labels: Int32Array.of(0, 0, 1, 1), classes: 2 };
  const probabilities = Float64Array.of(0.9, 0.1, 0.8, 0.2, 0.1, 0.9, 0.2, 0.8);
  assert.deepEqual(findLabelIssues({ ...sure, probabilities }), []);
  const only = { labels: Int32Array.of(0, 1, 1, 1), classes: 2 };
  const disputed = Float64Array.of(0.01, 0.99, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9);
  assert.deepEqual(findLabelIssues({ ...only, probabilities: disputed }), []);
});
