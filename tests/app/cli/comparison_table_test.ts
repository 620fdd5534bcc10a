import assert from "node:assert/strict";
import { comparisonTable } from "../../../app/cli/comparison_table.ts";
import type { Change } from "../../../pipeline/explain/changes.ts";
import type { StepComparison } from "../../../pipeline/explain/compare.ts";

const step = (step: string, more: Partial<StepComparison>): StepComparison => (
  { step, changes: [], figures: [], ...more }
);
const lr: Change = { kind: "parameter", name: "lr", before: "0.1", after: "0.2" };
const code: Change = {
  kind: "file",
  name: "fit.ts",
  before: "1",
  after: "2",
  lines: { added: 3, removed: 1 },
};
const input = (name: string): Change => ({ kind: "input", name, before: "1", after: "2" });

Deno.test("what steps have in common is said once, numbers with their difference", () => {
  const table = comparisonTable(["A", "B"], [
    step("train_a", { changes: [lr, code] }),
    step("train_b", { changes: [lr] }),
    step("score", {
      changes: [input("train_a")],
      figures: [{ name: "accuracy", before: 0.9, after: 0.875 }, { name: "photos", after: 3 }],
    }),
  ]);
  assert.match(table, /^lr +0\.1 +0\.2 +train_a, train_b$/m);
  assert.match(table, /^fit\.ts +\+3 −1 lines +train_a$/m);
  assert.match(table, /^accuracy +0\.9 +0\.875 +−0\.025 +score$/m);
  assert.match(table, /^photos +– +3 +score$/m);
  assert.doesNotMatch(table, /another/);
});

Deno.test("an input is told of only where the step before it does not show what changed", () => {
  const table = comparisonTable(["A", "B"], [step("score", { changes: [input("train")] })]);
  assert.match(table, /^train +another +score$/m);
});

Deno.test("steps of only one run are named, and runs that are alike are said to be", () => {
  const table = comparisonTable(["A", "B"], [
    step("old", { only: "before" }),
    step("new", { only: "after" }),
  ]);
  assert.equal(table, "only in A: old\nonly in B: new");
  assert.equal(comparisonTable(["A", "B"], []), "A and B do not differ");
});
